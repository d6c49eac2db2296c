#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "test/support/address.hpp"
#include "test/support/process.hpp"
#include "test/support/temporary_directory.hpp"

namespace hubbub::test {

/// A configuration that comes with Hubbub for a program in front of it: what is documented is what is tried.
class Example {
 public:
  /// `file`: in config/proxies.
  explicit Example(const std::string& file);

  /// Puts one text in the place of another, wherever that is. It has to be somewhere: std::runtime_error.
  Example& replace(std::string_view text, std::string_view by);
  /// What the file tells to put into the daemon's configuration.
  std::string daemon_config() const;
  const std::string& text() const { return text_; }

 private:
  const std::string file_;
  std::string text_;
};

/// A proxy that clients come to at an address of this machine that no other process of the tests has.
class Front {
 public:
  /// Takes free ports, one for each `count`.
  explicit Front(std::size_t count = 1);

  /// Where it listens; in the clear.
  const Address& address(std::size_t place = 0) const { return addresses_.at(place); }
  /// The same as configurations write it, HOST:PORT.
  std::string host_and_port(std::size_t place = 0) const;
  /// The same for TLS, to the name localhost.
  Address tls_address() const;
  /// As a browser names it.
  std::string host() const { return "localhost:" + std::to_string(address().port); }

  const TemporaryDirectory& directory() const { return directory_; }
  /// Starts it, and waits until it takes connections at each address. std::runtime_error: it does not.
  void start(std::vector<std::string> arguments);

 private:
  const TemporaryDirectory directory_;
  std::vector<Address> addresses_;
  std::unique_ptr<Process> process_;
};

}  // namespace hubbub::test
