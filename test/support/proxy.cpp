#include "test/support/proxy.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <condition_variable>
#include <future>
#include <limits>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "test/support/patience.hpp"

namespace hubbub::test {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t any_size = std::numeric_limits<std::size_t>::max();

tcp::endpoint endpoint_of(const Address& address) {
  return {asio::ip::make_address(address.host), address.port};
}

/// A socket that programs started by the test do not inherit. Asio's own sockets would be inherited, so that
/// a port would stay open and a connection would not end.
int make_socket() { return ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); }

/// The two halves of a connection.
struct Link {
  tcp::socket client;
  tcp::socket server;
  int ended = 0;  ///< of the two directions, those that have ended

  Link(asio::io_context& io, int accepted)
      : client(io, tcp::v4(), accepted), server(io, tcp::v4(), make_socket()) {}

  void end(Proxy::Cut how) {
    error_code ignored;
    for (tcp::socket* socket : {&client, &server}) {
      if (how == Proxy::Cut::finish) socket->shutdown(tcp::socket::shutdown_both, ignored);
      if (how == Proxy::Cut::reset) socket->set_option(asio::socket_base::linger(true, 0), ignored);
      socket->close(ignored);
    }
  }
};

using LinkPtr = std::shared_ptr<Link>;

}  // namespace

/// Only the thread uses its members, except for the counters.
class Proxy::Network {
 public:
  explicit Network(const Address& server) : server_(endpoint_of(server)) {
    // The port stays bound by a socket that never listens: while no other socket listens, connections are
    // refused, and no other program gets the port.
    reserve_.assign(tcp::v4(), make_socket());
    reserve_.set_option(asio::socket_base::reuse_address(true));
    reserve_.bind({asio::ip::address_v4::loopback(), 0});
    address_ = {"127.0.0.1", reserve_.local_endpoint().port(), {}};
    let_in(true);
    thread_ = std::thread([this] { io_.run(); });
  }

  ~Network() {
    io_.stop();
    thread_.join();
  }

  const Address& address() const { return address_; }

  /// Runs `deed` in the thread, and waits until it is done.
  template <class Deed>
  void have_done(Deed deed) {
    std::promise<void> done;
    asio::post(io_, [&] {
      deed(*this);
      changed_.cancel();
      done.set_value();
    });
    done.get_future().wait();
  }

  void lead_to(const Address& server) { server_ = endpoint_of(server); }

  void pass(std::size_t piece, std::chrono::milliseconds delay) {
    piece_ = piece;
    delay_ = delay;
    frozen_ = false;
    let_in(true);
  }

  void freeze() { frozen_ = true; }

  void let_in(bool wanted) {
    if (wanted == acceptor_.is_open()) return;
    if (!wanted) return acceptor_.close();
    acceptor_.assign(tcp::v4(), make_socket());
    acceptor_.non_blocking(true);
    acceptor_.set_option(asio::socket_base::reuse_address(true));
    acceptor_.bind(endpoint_of(address_));
    acceptor_.listen();
    asio::co_spawn(io_, accept(), asio::detached);
  }

  void cut(Cut how) {
    for (const LinkPtr& link : std::exchange(links_, {})) link->end(how);
  }

  void cut_after(Way way, std::size_t bytes, Cut how) {
    planned_ = {way, bytes, how};
    ++plans_;
  }

  std::size_t count(std::size_t Network::*counter) const {
    const std::lock_guard lock(mutex_);
    return this->*counter;
  }

  void wait_for(std::size_t Network::*counter, std::size_t count) const {
    std::unique_lock lock(mutex_);
    if (!counted_.wait_for(lock, patience, [&] { return this->*counter >= count; })) {
      throw std::runtime_error("not that many connections were made");
    }
  }

  std::size_t cuts = 0;
  std::size_t connections = 0;

 private:
  struct Plan {
    Way way;
    std::size_t left;
    Cut how;
  };

  void note(std::size_t Network::*counter) {
    const std::lock_guard lock(mutex_);
    ++(this->*counter);
    counted_.notify_all();
  }

  asio::awaitable<void> accept() {
    for (;;) {
      const auto [error] = co_await acceptor_.async_wait(tcp::acceptor::wait_read, as_result);
      if (error) co_return;
      const int accepted = ::accept4(acceptor_.native_handle(), nullptr, nullptr, SOCK_CLOEXEC);
      if (accepted < 0) continue;  // the client has gone already
      const auto link = std::make_shared<Link>(io_, accepted);
      links_.push_back(link);
      note(&Network::connections);
      asio::co_spawn(
          io_, [this, link] { return serve(link); }, asio::detached);
    }
  }

  asio::awaitable<void> serve(LinkPtr link) {
    co_await until_thawed();
    if (!link->client.is_open()) co_return;
    const auto [error] = co_await link->server.async_connect(server_, as_result);
    if (error || !link->client.is_open()) co_return end(link, Cut::reset);
    link->client.set_option(tcp::no_delay(true));
    link->server.set_option(tcp::no_delay(true));
    asio::co_spawn(
        io_, [this, link] { return relay(link, Way::to_server); }, asio::detached);
    asio::co_spawn(
        io_, [this, link] { return relay(link, Way::to_client); }, asio::detached);
  }

  asio::awaitable<void> relay(LinkPtr link, Way way) {
    tcp::socket& from = way == Way::to_server ? link->client : link->server;
    tcp::socket& to = way == Way::to_server ? link->server : link->client;
    std::vector<char> bytes(std::size_t{64} * 1024);
    for (;;) {
      co_await until_thawed();
      const auto [error, count] = co_await from.async_read_some(asio::buffer(bytes), as_result);
      co_await until_thawed();
      if (error == asio::error::eof) {
        error_code ignored;
        to.shutdown(tcp::socket::shutdown_send, ignored);
        if (++link->ended == 2) end(link, Cut::finish);
        co_return;
      }
      if (error) co_return end(link, Cut::reset);
      std::string_view rest(bytes.data(), count);
      while (!rest.empty()) {
        const std::string_view piece = rest.substr(0, allowed(way));
        const auto plan = plans_;
        rest.remove_prefix(piece.size());
        co_await wait(delay_);
        const auto [failure, written] = co_await asio::async_write(to, asio::buffer(piece), as_result);
        if (failure) co_return end(link, Cut::reset);
        // What had begun to pass before the plan was made does not count.
        if (plan == plans_ && is_time_to_cut(way, written)) co_return;
      }
    }
  }

  std::size_t allowed(Way way) const {
    return planned_ && planned_->way == way ? std::min(piece_, planned_->left) : piece_;
  }

  bool is_time_to_cut(Way way, std::size_t passed) {
    if (!planned_ || planned_->way != way) return false;
    planned_->left -= std::min(planned_->left, passed);
    if (planned_->left > 0) return false;
    const Cut how = planned_->how;
    planned_.reset();
    cut(how);
    note(&Network::cuts);
    return true;
  }

  void end(const LinkPtr& link, Cut how) {
    link->end(how);
    std::erase(links_, link);
  }

  asio::awaitable<void> until_thawed() {
    while (frozen_) {
      changed_.expires_at(asio::steady_timer::time_point::max());
      co_await changed_.async_wait(as_result);
    }
  }

  asio::awaitable<void> wait(std::chrono::milliseconds time) {
    if (time.count() == 0) co_return;
    asio::steady_timer timer(io_, time);
    co_await timer.async_wait(as_result);
  }

  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> goes_on_ = asio::make_work_guard(io_);
  tcp::acceptor reserve_{io_};
  tcp::acceptor acceptor_{io_};
  asio::steady_timer changed_{io_};
  Address address_;
  tcp::endpoint server_;
  std::vector<LinkPtr> links_;
  std::size_t piece_ = any_size;
  std::chrono::milliseconds delay_{0};
  bool frozen_ = false;
  std::optional<Plan> planned_;
  std::size_t plans_ = 0;
  mutable std::mutex mutex_;
  mutable std::condition_variable counted_;
  std::thread thread_;
};

Proxy::Proxy(const Address& server) : network_(std::make_unique<Network>(server)) {}
Proxy::~Proxy() = default;

const Address& Proxy::address() const { return network_->address(); }

void Proxy::lead_to(const Address& server) {
  network_->have_done([&](Network& network) { network.lead_to(server); });
}

void Proxy::pass() {
  network_->have_done([](Network& network) { network.pass(any_size, std::chrono::milliseconds(0)); });
}

void Proxy::trickle(std::size_t piece) {
  network_->have_done([=](Network& network) { network.pass(piece, std::chrono::milliseconds(0)); });
}

void Proxy::delay(std::chrono::milliseconds time) {
  network_->have_done([=](Network& network) { network.pass(any_size, time); });
}

void Proxy::freeze() {
  network_->have_done([](Network& network) { network.freeze(); });
}

void Proxy::refuse() {
  network_->have_done([](Network& network) { network.let_in(false); });
}

void Proxy::cut(Cut how) {
  network_->have_done([=](Network& network) { network.cut(how); });
}

void Proxy::cut_after(Way way, std::size_t bytes, Cut how) {
  network_->have_done([=](Network& network) { network.cut_after(way, bytes, how); });
}

std::size_t Proxy::cuts() const { return network_->count(&Network::cuts); }
std::size_t Proxy::connections() const { return network_->count(&Network::connections); }
void Proxy::wait_for_connections(std::size_t count) const {
  network_->wait_for(&Network::connections, count);
}

}  // namespace hubbub::test
