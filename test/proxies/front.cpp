#include "test/proxies/front.hpp"

#include <chrono>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "test/support/programs.hpp"
#include "test/support/socket.hpp"

namespace hubbub::test {
namespace {

bool takes_connections(const Address& address) {
  try {
    const Socket socket(address);
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

}  // namespace

// --- the configuration

Example::Example(const std::string& file) : file_(file) {
  std::ifstream in(HUBBUB_SOURCES "/config/proxies/" + file);
  text_.assign(std::istreambuf_iterator<char>(in), {});
}

Example& Example::replace(std::string_view text, std::string_view by) {
  auto at = text_.find(text);
  if (at == std::string::npos) throw std::runtime_error(file_ + " has no " + std::string(text));
  for (; at != std::string::npos; at = text_.find(text, at + by.size())) text_.replace(at, text.size(), by);
  return *this;
}

std::string Example::daemon_config() const {
  constexpr std::string_view indented = "#   ";
  std::istringstream lines(text_);
  std::string config;
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(indented)) config.append(line.substr(indented.size())).append("\n");
  if (config.empty()) throw std::runtime_error(file_ + " tells nothing for the daemon");
  return config;
}

// --- the program

Front::Front(std::size_t count) {
  // A port that is free at one address of this machine is free at one that nobody else has.
  const std::vector<ListeningSocket> free(count);
  for (const auto& each : free) addresses_.push_back({.host = own_host(), .port = each.address.port});
}

std::string Front::host_and_port(std::size_t place) const {
  return address(place).host + ':' + std::to_string(address(place).port);
}

Address Front::tls_address() const {
  auto address = this->address();
  address.is_tls = true;
  address.server_name = "localhost";
  return address;
}

void Front::start(std::vector<std::string> arguments) {
  constexpr std::chrono::milliseconds pause{10};
  const auto home = directory_.path().string();
  std::vector<std::string> environment{"HOME=" + home, "XDG_DATA_HOME=" + home, "XDG_CONFIG_HOME=" + home};
  if (auto libraries = libraries_of(arguments.at(0)); !libraries.empty())
    environment.push_back(std::move(libraries));
  process_ = std::make_unique<Process>(
      Command{.arguments = std::move(arguments), .environment = std::move(environment)});
  const Deadline deadline(patience);
  for (const auto& address : addresses_) {
    while (!takes_connections(address)) {
      if (!process_->wait_exit(pause) && deadline.left() > 0) continue;
      throw std::runtime_error("it takes no connections: " + process_->out().text() + process_->err().text());
    }
  }
}

}  // namespace hubbub::test
