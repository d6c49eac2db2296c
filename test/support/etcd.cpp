#include "test/support/etcd.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <csignal>
#include <exception>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "test/support/catch.hpp"
#include "test/support/patience.hpp"
#include "test/support/programs.hpp"
#include "test/support/socket.hpp"

namespace hubbub::test {
namespace {

constexpr std::chrono::milliseconds between_looks{10};

std::string host_and_port(const Address& address) {
  return address.host + ':' + std::to_string(address.port);
}

void run_etcdctl(const std::vector<std::string>& words) {
  const auto program = find_program("etcdctl");
  if (program.empty()) throw std::runtime_error("etcdctl is not here");
  Command command{.arguments = {program}, .environment = {"ETCDCTL_API=3"}};
  command.arguments.insert(command.arguments.end(), words.begin(), words.end());
  if (auto libraries = libraries_of(program); !libraries.empty()) command.environment.push_back(libraries);
  const auto outcome = run(command);
  if (outcome.exit_code != 0) throw std::runtime_error("etcdctl: " + outcome.out + outcome.err);
}

}  // namespace

bool Etcd::is_here() {
  if (!find_program("etcd").empty()) return true;
  WARN("skipped: etcd is not here");
  return false;
}

Etcd::Etcd(Options options) : options_(std::move(options)) {
  const std::vector<ListeningSocket> free(2 * options_.members);
  for (std::size_t i = 0; i < options_.members; ++i) {
    members_.push_back({.name = 'm' + std::to_string(i),
                        .clients = {.host = own_host(), .port = free[2 * i].address.port},
                        .peers = {.host = own_host(), .port = free[2 * i + 1].address.port}});
  }
  for (std::size_t i = 0; i < size(); ++i) start(i);
  for (std::size_t i = 0; i < size(); ++i) wait_for(i);
}

std::string Etcd::url(const Address& address) const {
  return (options_.tls ? "https://" : "http://") + host_and_port(address);
}

std::string Etcd::cluster() const {
  std::string all;
  for (const auto& each : members_)
    all += (all.empty() ? "" : ",") + each.name + "=http://" + host_and_port(each.peers);
  return all;
}

void Etcd::start(std::size_t member) {
  auto& of = members_.at(member);
  const auto program = find_program("etcd");
  std::vector<std::string> arguments{program,
                                     "--name=" + of.name,
                                     "--data-dir=" + data(of).string(),
                                     "--listen-client-urls=" + url(of.clients),
                                     "--advertise-client-urls=" + url(of.clients),
                                     "--listen-peer-urls=http://" + host_and_port(of.peers),
                                     "--initial-advertise-peer-urls=http://" + host_and_port(of.peers),
                                     "--initial-cluster=" + cluster(),
                                     "--logger=zap",
                                     "--snapshot-count=2000"};
  if (of.is_added) arguments.emplace_back("--initial-cluster-state=existing");
  if (options_.tls) {
    arguments.push_back("--cert-file=" + options_.tls->files.certificate.string());
    arguments.push_back("--key-file=" + options_.tls->files.key.string());
    arguments.push_back("--trusted-ca-file=" + options_.tls->ca.string());
    arguments.emplace_back("--client-cert-auth");
  }
  arguments.insert(arguments.end(), options_.arguments.begin(), options_.arguments.end());
  Command command{.arguments = std::move(arguments)};
  if (auto libraries = libraries_of(program); !libraries.empty()) command.environment.push_back(libraries);
  of.process = std::make_unique<Process>(command);
}

void Etcd::wait_for(std::size_t member) const {
  const auto& of = members_.at(member);
  const Deadline deadline(patience);
  const auto works = [&] {
    if (!options_.tls) return !try_to_post("/v3/kv/range", R"({"key":"YQ=="})", member, patience).empty();
    // It shakes hands when it serves, and refuses one without a certificate behind that.
    auto address = of.clients;
    address.is_tls = true;
    try {
      const Socket socket(address);
      return true;
    } catch (const std::exception&) {
      return false;
    }
  };
  while (!works()) {
    if (!of.process->wait_exit(between_looks) && deadline.left() > 0) continue;
    throw std::runtime_error("etcd does not work: " + of.process->err().text());
  }
}

std::size_t Etcd::leader() const {
  const Deadline deadline(patience);
  while (deadline.left() > 0) {
    for (std::size_t i = 0; i < size(); ++i) {
      if (!members_[i].process) continue;
      const auto body = try_to_post("/v3/maintenance/status", "{}", i, std::chrono::seconds(1));
      if (body.empty()) continue;
      const auto status = boost::json::parse(body).as_object();
      const auto* const leader = status.if_contains("leader");
      if (leader != nullptr && *leader == status.at("header").at("member_id")) return i;
    }
  }
  throw std::runtime_error("no member of etcd leads");
}

void Etcd::kill(std::size_t member) {
  auto& of = members_.at(member);
  of.process->signal(SIGKILL);
  of.process->wait_exit();
  of.process.reset();
}

void Etcd::freeze(std::size_t member) const { members_.at(member).process->signal(SIGSTOP); }
void Etcd::thaw(std::size_t member) const { members_.at(member).process->signal(SIGCONT); }

void Etcd::remove(std::size_t member) {
  const auto& of = members_.at(member);
  const auto other = other_than(member);
  const auto list = boost::json::parse(post("/v3/cluster/member/list", "{}", other)).as_object();
  for (const auto& each : list.at("members").as_array()) {
    const auto* const name = each.as_object().if_contains("name");
    if (name == nullptr || std::string(name->as_string()) != of.name) continue;
    const std::string id(each.at("ID").as_string());
    post("/v3/cluster/member/remove", R"({"ID":")" + id + "\"}", other);
  }
  std::filesystem::remove_all(data(of));
}

/// etcd takes nobody new before it has been whole for five seconds.
bool Etcd::try_to_add(std::size_t member) {
  auto& of = members_.at(member);
  const auto body = R"({"peerURLs":["http://)" + host_and_port(of.peers) + "\"]}";
  of.is_added = !try_to_post("/v3/cluster/member/add", body, other_than(member), patience).empty();
  return of.is_added;
}

void Etcd::save(const std::filesystem::path& file) const {
  run_etcdctl({"snapshot", "save", file.string(), "--endpoints=" + url(address())});
}

void Etcd::restore(const std::filesystem::path& file) {
  for (std::size_t i = 0; i < size(); ++i)
    if (members_[i].process) kill(i);
  for (const auto& each : members_) {
    std::filesystem::remove_all(data(each));
    run_etcdctl({"snapshot", "restore", file.string(), "--name=" + each.name,
                 "--data-dir=" + data(each).string(), "--initial-cluster=" + cluster(),
                 "--initial-advertise-peer-urls=http://" + host_and_port(each.peers)});
  }
  for (std::size_t i = 0; i < size(); ++i) start(i);
}

std::string Etcd::post(const std::string& path, const std::string& body, std::size_t member) const {
  auto answer = try_to_post(path, body, member, patience);
  if (answer.empty()) throw std::runtime_error("etcd does not do " + path);
  return answer;
}

void Etcd::disarm() const {
  const auto raised = boost::json::parse(post("/v3/maintenance/alarm", R"({"action":"GET"})")).as_object();
  const auto* const alarms = raised.if_contains("alarms");
  if (alarms == nullptr) return;
  for (const auto& each : alarms->as_array()) {
    const std::string member(each.at("memberID").as_string());
    post("/v3/maintenance/alarm",
         R"({"action":"DEACTIVATE","alarm":"NOSPACE","memberID":")" + member + "\"}");
  }
}

/// Empty: it does not answer, or refuses.
std::string Etcd::try_to_post(const std::string& path, const std::string& body, std::size_t member,
                              std::chrono::milliseconds limit) const {
  const auto& address = members_.at(member).clients;
  try {
    const Socket socket(address);
    socket.send("POST " + path + " HTTP/1.1\r\nHost: " + host_and_port(address) +
                "\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
                body);
    std::string answer;
    for (;;) {
      const auto more = socket.receive(limit);
      if (!more) return {};
      if (more->empty()) break;
      answer += *more;
    }
    if (!answer.starts_with("HTTP/1.1 200 ")) return {};
    const auto head = answer.find("\r\n\r\n");
    return head == std::string::npos ? std::string() : answer.substr(head + 4);
  } catch (const std::system_error&) {
    return {};
  }
}

}  // namespace hubbub::test
