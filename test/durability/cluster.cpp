#include "test/durability/cluster.hpp"

#include <algorithm>
#include <csignal>
#include <fstream>
#include <stdexcept>

#include "test/support/patience.hpp"
#include "test/support/programs.hpp"
#include "test/support/socket.hpp"

namespace hubbub::durability {
namespace {

constexpr std::size_t members = 3;

std::string url_of(const test::Address& address) { return address.host + ':' + std::to_string(address.port); }

/// Room for what some rounds say, and for what fills it.
std::vector<std::string> small_quota() { return {"--quota-backend-bytes=50331648"}; }

}  // namespace

Cluster::Cluster(const Options& options)
    : etcd_({.members = members,
             .arguments = options.can_be_full ? small_quota() : std::vector<std::string>(),
             .tls = {}}) {
  const std::vector<test::ListeningSocket> free(options.nodes);
  for (std::size_t i = 0; i < options.nodes; ++i) {
    auto& node = nodes_.emplace_back();
    node.id = std::string(1, static_cast<char>('a' + i));
    node.address = {.host = test::own_host(), .port = free[i].address.port};
    for (std::size_t member = 0; options.can_be_cut_off && member < members; ++member)
      node.ways.push_back(std::make_unique<test::Proxy>(etcd_.address(member)));
    node.config = directory_.write(node.id + ".toml", config(i));
    std::filesystem::create_directory(state_dir(i));
  }
}

/// Each has another member that is the nearest.
std::string Cluster::config(std::size_t node) const {
  const auto& of = nodes_.at(node);
  std::string engines;
  for (std::size_t i = 0; i < members; ++i) {
    const auto member = (node + i) % members;
    const auto& address = of.ways.empty() ? etcd_.address(member) : of.ways[member]->address();
    engines += (engines.empty() ? "\"http://" : ", \"http://") + url_of(address) + '"';
  }
  return "[server]\nlisten = [\"tcp://" + url_of(of.address) +
         "\"]\n"
         "[limits]\nmessages_per_second = 0\nqueries_per_second = 0\nconnections_per_address = 0\n"
         "connects_per_second_per_address = 0\n"
         "[history]\nkeep_messages = 0\nkeep_age = 0\n"
         "[cluster]\nname = \"test\"\nnode = \"" +
         of.id + "\"\nengine = [" + engines + "]\n";
}

std::vector<test::Address> Cluster::addresses() const {
  std::vector<test::Address> all;
  for (const auto& node : nodes_) all.push_back(node.address);
  return all;
}

void Cluster::start(std::size_t node, const std::vector<std::string>& more) {
  auto& of = nodes_.at(node);
  of.may_end = false;
  test::Command command{
      .arguments = {HUBBUBD, "--config", of.config.string(), "--state-dir", state_dir(node).string()}};
  command.arguments.insert(command.arguments.end(), more.begin(), more.end());
  of.process = std::make_unique<test::Process>(command);
}

void Cluster::kill(std::size_t node) {
  auto& of = nodes_.at(node);
  of.process->signal(SIGKILL);
  of.process->wait_exit();
  end(of);
}

void Cluster::end(Node& node) {
  node.former_logs += node.process->err().text();
  node.process.reset();
}

void Cluster::ask_to_stop(std::size_t node) {
  auto& of = nodes_.at(node);
  of.may_end = true;
  of.process->signal(SIGTERM);
}

int Cluster::wait_for_end(std::size_t node) {
  auto& of = nodes_.at(node);
  const auto code = of.process->wait_exit();
  if (!code) throw std::runtime_error("node " + of.id + " does not stop:\n" + of.process->err().text());
  end(of);
  return *code;
}

void Cluster::freeze(std::size_t node) const { nodes_.at(node).process->signal(SIGSTOP); }
void Cluster::thaw(std::size_t node) const { nodes_.at(node).process->signal(SIGCONT); }

void Cluster::cut_off(std::size_t node, Cut how) {
  for (const auto& way : nodes_.at(node).ways) {
    if (how == Cut::silence) {
      way->freeze();
    } else {
      way->refuse();
      way->cut(test::Proxy::Cut::reset);
    }
  }
}

void Cluster::mend(std::size_t node) {
  for (const auto& way : nodes_.at(node).ways) way->pass();
}

bool Cluster::is_running(std::size_t node) const { return nodes_.at(node).process != nullptr; }

std::optional<int> Cluster::try_to_bury(std::size_t node) {
  auto& of = nodes_.at(node);
  const auto code = of.process->wait_exit(std::chrono::milliseconds(0));
  if (code) end(of);
  return code;
}

std::string Cluster::logged(std::size_t node) const {
  const auto& of = nodes_.at(node);
  return of.former_logs + (of.process ? of.process->err().text() : std::string());
}

void Cluster::copy_journal(std::size_t from, std::size_t to) const {
  std::filesystem::remove_all(state_dir(to));
  std::filesystem::create_directory(state_dir(to));
  const auto copied = test::run({.arguments = {HUBBUBD, "--state-dir", state_dir(from).string(), "backup",
                                               (state_dir(to) / "journal.sqlite3").string()}});
  if (copied.exit_code != 0) throw std::runtime_error("hubbubd backup: " + copied.out + copied.err);
}

void Cluster::require_life() {
  for (auto& node : nodes_) {
    if (!node.process || node.may_end) continue;
    const auto code = node.process->wait_exit(std::chrono::milliseconds(0));
    if (!code) continue;
    constexpr std::size_t enough = 2000;
    const auto text = node.process->err().text();
    throw std::runtime_error("node " + node.id + " has ended by itself, with " + std::to_string(*code) +
                             ":\n" + text.substr(text.size() - std::min(enough, text.size())));
  }
}

bool Cluster::is_in_service(std::size_t node) {
  const auto& of = nodes_.at(node);
  if (!of.process) return false;
  const auto text = of.process->err().text();
  const auto in = text.rfind("this node is in service");
  const auto out = text.rfind("this node is not among the others");
  return in != std::string::npos && (out == std::string::npos || out < in);
}

bool Cluster::all_are_in_service() {
  require_life();
  for (std::size_t i = 0; i < size(); ++i)
    if (!is_in_service(i)) return false;
  return true;
}

void Cluster::copy_to(const std::filesystem::path& directory) const {
  for (std::size_t i = 0; i < size(); ++i) {
    const auto into = directory / id(i);
    std::filesystem::create_directories(into);
    for (const auto& entry : std::filesystem::directory_iterator(state_dir(i))) {
      // The socket of operators is no file to copy.
      if (entry.is_regular_file()) {
        std::filesystem::copy_file(entry, into / entry.path().filename(),
                                   std::filesystem::copy_options::overwrite_existing);
      }
    }
    std::ofstream(directory / (id(i) + ".log")) << logged(i);
  }
}

}  // namespace hubbub::durability
