#pragma once

#include <sys/types.h>

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/error.hpp"
#include "server/net/admission.hpp"
#include "server/net/listen_address.hpp"
#include "server/net/office.hpp"
#include "server/net/peer.hpp"
#include "server/net/settings.hpp"
#include "server/net/sniffer.hpp"
#include "server/net/socket.hpp"
#include "server/ops/log_digest.hpp"

namespace hubbub::net {

class Tls;
class Turn;

/// What all listeners of the daemon share. Everything in it outlives them.
struct Entrance {
  Turn& turn;
  const Settings& settings;
  Admission& admission;
  Tls& tls;
  const Protocols& protocols;     ///< what is spoken without TLS, and inside of it
  std::uint64_t next_number = 1;  ///< of the next connection, for the log
  ops::log::Digest turned_away{"net", "turned away"};
};

/// A descriptor kept in reserve: when the process has none left, a connection can still be accepted, told so
/// and closed, instead of waking the loop without end.
class SpareDescriptor {
 public:
  SpareDescriptor() { restore(); }
  SpareDescriptor(const SpareDescriptor&) = delete;
  SpareDescriptor& operator=(const SpareDescriptor&) = delete;
  ~SpareDescriptor() { give_up(); }

  bool is_there() const { return fd_ >= 0; }
  void give_up();
  void restore();

 private:
  int fd_ = -1;
};

/// The file of a unix socket that this process has bound, and which it removes when it is done. If the file
/// has been replaced meanwhile (by a second daemon, after it was removed), the new file stays.
class SocketFile {
 public:
  /// No file: for TCP, or a file that another process is to remove.
  SocketFile() = default;
  /// The file that bind(2) has just made.
  explicit SocketFile(std::string path);

  /// Removes the file, if it is still the same. To be called before the socket is closed: until then no other
  /// file can get its inode.
  void remove();

 private:
  struct Identity {
    dev_t device;
    ino_t inode;
    bool operator==(const Identity&) const = default;
  };
  static std::optional<Identity> identity(const std::string& path);

  std::string path_;
  std::optional<Identity> bound_;
};

/// Makes the path free for bind(2): removes the socket of a crashed daemon, on which no process listens.
/// Error: denied, with the end of a sentence about the address, when something else is there or it cannot be
/// removed.
std::optional<protocol::Error> make_way(const std::string& path);

/// Accepts on one socket, a bounded number of connections in each turn. When descriptors run out, open
/// connections go on, new ones are turned away, and it accepts again as soon as it can.
class Listener {
 public:
  using Protocol = boost::asio::generic::stream_protocol;
  using Acceptor = net::Acceptor;

  /// Takes over a socket that is bound, listening and non-blocking. `file` is removed when the listener
  /// closes. `spoken`: what it was opened for. `office`: it is for operators.
  Listener(boost::asio::io_context& io, Entrance& entrance, Acceptor acceptor, SocketFile file,
           const Spoken& spoken, std::optional<Office> office = std::nullopt);
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener() { close(); }

  /// Begins to accept, and logs "listening on URL" with the address that the kernel gave, and the protocol
  /// where there is only one.
  void start();
  void close();
  std::string url() const;
  /// Whether this machine alone can connect there.
  bool is_local() const;
  /// Whether TLS alone is spoken there.
  bool is_tls() const { return is_tls_; }

 private:
  boost::asio::awaitable<void> accept_loop();
  boost::asio::awaitable<void> back_off();
  boost::asio::awaitable<void> next_turn();
  void admit(Socket socket);
  /// What a new connection may begin with.
  const Protocols& spoken() const;
  std::optional<Admission::Pass> pass_for(Socket& socket, const std::string& address);
  void turn_away(Socket socket, const Endpoint& peer, std::string_view reason, protocol::Error error);

  boost::asio::io_context& io_;
  Entrance& entrance_;
  Acceptor acceptor_;
  SpareDescriptor spare_;
  SocketFile file_;
  const Protocols pinned_;    ///< empty: the protocols of the entrance
  const Protocols with_tls_;  ///< TLS, and for a listener without a protocol of its own those of the entrance
  const std::optional<Office> office_;
  const bool is_tls_;
};

using Listeners = std::vector<std::unique_ptr<Listener>>;

/// Opens the sockets of one address: several where a host name has several. Error: one sentence, such
/// as that the address is in use.
protocol::Result<Listeners> open_listeners(boost::asio::io_context& io, Entrance& entrance,
                                           const ListenAddress& address);
/// Opens the socket at which operators are served, with a file that they alone can use.
protocol::Result<std::unique_ptr<Listener>> open_office(boost::asio::io_context& io, Entrance& entrance,
                                                        const std::string& path, Office office);
/// Opens the sockets of a host's addresses, some of which this machine may not be able to serve now (such as
/// ::1 of localhost without IPv6): these are logged. Error: no address works, and why each does not.
protocol::Result<Listeners> open_those_that_work(boost::asio::io_context& io, Entrance& entrance,
                                                 std::span<const Endpoint> endpoints, const Spoken& spoken);
/// A socket handed over by the service manager, with its name (sd_listen_fds_with_names(3)), which says what
/// it is for, see spoken_by_name().
protocol::Result<std::unique_ptr<Listener>> adopt_listener(boost::asio::io_context& io, Entrance& entrance,
                                                           int fd, std::string_view name = {});

}  // namespace hubbub::net
