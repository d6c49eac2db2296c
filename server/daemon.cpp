#include "server/daemon.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <hubbub_version.hpp>
#include <stdexcept>
#include <utility>

#include "protocol/text.hpp"
#include "server/chat/local_directory.hpp"
#include "server/chat/shared_directory.hpp"
#include "server/front/front_ends.hpp"
#include "server/journal/make_journal.hpp"
#include "server/metrics.hpp"
#include "server/net/listen_address.hpp"
#include "server/ops/log.hpp"
#include "server/ops/systemd.hpp"

namespace hubbub {
namespace {

namespace log = ops::log;
using boost::system::error_code;
using protocol::Code;
using protocol::Error;

// A hint for Asio: one thread runs the loop; other threads seldom post to it.
constexpr int one_thread = 1;

/// Throws when the journal cannot be opened: the daemon cannot run without it.
std::unique_ptr<journal::Journal> open_journal(const config::Config& config, const config::Flags& flags,
                                               boost::asio::io_context& io) {
  const journal::Moment now{.wall = protocol::now(), .steady = std::chrono::steady_clock::now()};
  auto settings = config.history;
  settings.drop_now = flags.drop_now;
  auto journal = config.cluster.name.empty()
                     ? journal::make_journal(settings, now, io)
                     : journal::make_node_journal(settings, config.cluster, flags.cluster_begin, now, io);
  if (!journal) throw std::runtime_error(journal.error().text);
  return std::move(*journal);
}

std::unique_ptr<chat::Directory> make_directory(const config::Config& config) {
  if (config.cluster.name.empty()) return std::make_unique<chat::LocalDirectory>();
  return std::make_unique<chat::SharedDirectory>();
}

/// An absolute path, for the log, whose reader does not know where the daemon was started; empty stays empty.
std::string whole_path(const std::string& path) {
  std::error_code cannot;
  const auto whole = std::filesystem::absolute(path, cannot).lexically_normal();
  return path.empty() || cannot ? path : whole.string();
}

}  // namespace

chat::Now Daemon::LoopClock::now() const {
  const auto& now = turn_.now();
  return {.steady = now.steady, .wall = std::chrono::time_point_cast<std::chrono::milliseconds>(now.wall)};
}

Daemon::Daemon(config::Config config, config::Flags flags, const config::DescriptorLimit& descriptors)
    : config_(std::move(config)),
      flags_(std::move(flags)),
      descriptors_(descriptors),
      io_(one_thread),
      turn_(io_, [this] { end_turn(); }),
      clock_(turn_),
      journal_(open_journal(config_, flags_, io_)),
      accounts_(config_.accounts, std::make_unique<ops::Worker>(io_)),
      directory_(make_directory(config_)),
      hub_(config_.chat, clock_, *journal_, *directory_, accounts_),
      admission_(config_.net),
      handshaker_(io_),
      tls_(config_.net, handshaker_),
      web_{.settings = config_.web,
           .admission = admission_,
           .server_name = config_.chat.server_name,
           .metrics = [this] { return numbers(); },
           .not_ready = [this] { return not_ready(); }},
      protocols_(front::front_ends(hub_, web_)),
      entrance_{turn_, config_.net, admission_, tls_, protocols_},
      started_(std::chrono::system_clock::now()),
      signals_(io_, SIGTERM, SIGINT, SIGHUP),
      tick_timer_(io_),
      hub_timer_(io_),
      watchdog_timer_(io_),
      deadline_timer_(io_) {
  hub_.operations() = operations();
  journal_->on_service([this] { service_changed_ = true; });
}

// The handlers of connections that are still open use the hub.
Daemon::~Daemon() { turn_.abandon_all(); }

std::optional<std::string> Daemon::open() {
  if (const auto error = load_accounts()) return error->text;
  directory_->begin(hub_);
  if (const auto error = load_certificates()) return error->text;
  // A node listens when the others have it: until then nobody is to come to it.
  if (config_.cluster.name.empty()) {
    if (const auto error = open_listeners()) return error->text;
  }
  const auto error = open_office();
  if (!error) return std::nullopt;
  if (config_.ctl_socket != "automatic" || !config_.ctl_group.empty()) return error->text;
  log::warning("daemon", "operators cannot be served by hubbubd ctl", {{"reason", error->text}});
  return std::nullopt;
}

std::optional<protocol::Error> Daemon::open_listeners() {
  const auto sockets = ops::systemd::listen_descriptors();
  if (!sockets) return sockets.error();
  for (const auto& handed : *sockets) {
    auto listener = net::adopt_listener(io_, entrance_, handed.descriptor, handed.name);
    if (!listener) return listener.error();
    listeners_.push_back(std::move(*listener));
  }
  if (!listeners_.empty()) return std::nullopt;  // the service manager's sockets replace `listen`
  for (const auto& url : config_.listen) {
    const auto address = net::parse_listen_address(url);
    if (!address) return address.error();
    auto opened = net::open_listeners(io_, entrance_, *address);
    if (!opened) return opened.error();
    for (auto& listener : *opened) listeners_.push_back(std::move(listener));
  }
  return std::nullopt;
}

std::optional<protocol::Error> Daemon::open_office() {
  const auto path = config::control_socket(config_);
  if (path.empty()) return std::nullopt;
  // A state directory is made by who keeps something in it: the journal in memory does not.
  const auto folder = std::filesystem::path(path).parent_path();
  std::error_code unknown;
  if (config_.ctl_socket == "automatic" && !std::filesystem::is_directory(folder, unknown))
    return std::nullopt;
  const auto keepers = net::keepers(config_.ctl_group);
  if (!keepers) return Error{Code::denied, "server.ctl_group: " + keepers.error().text};
  auto opened = net::open_office(io_, entrance_, path,
                                 {.protocols = front::control_protocols(hub_), .keepers = *keepers});
  if (!opened) return opened.error();
  office_ = std::move(*opened);
  return std::nullopt;
}

/// What operators may ask of the daemon itself.
chat::Operations Daemon::operations() {
  return {.describe =
              [this](protocol::event::Status& status) {
                status.version = version;
                status.since = std::chrono::time_point_cast<std::chrono::milliseconds>(started_);
                status.connections = admission_.connections();
                status.engine = config_.history.engine;
                status.state_dir = whole_path(config_.state_dir);
                status.log = to_string(config_.log.level);
                status.trouble = not_ready().value_or("");
              },
          .reload = [this] { return reload(); },
          .is_in_range =
              [](const std::string& range, std::string_view address) {
                const auto parsed = net::AddressRange::parse(range);
                return parsed && net::is_within(*parsed, address);
              },
          .fault_of_range = [](const std::string& range) -> std::optional<std::string> {
            const auto parsed = net::AddressRange::parse(range);
            return parsed ? std::nullopt : std::optional(parsed.error().text);
          },
          .public_url = [this] { return config_.web.public_url; },
          .set_log_level = [this](const std::string& name) -> std::optional<Error> {
            const auto level = log::level_from(name);
            if (!level) {
              return Error{Code::bad_request, "there is no level \"" + protocol::for_terminal(name) +
                                                  "\"; there are trace, debug, info, warning and error"};
            }
            config_.log.level = *level;
            log::configure(config_.log);
            return std::nullopt;
          }};
}

int Daemon::run() {
  log::info("daemon", "starting",
            {{"version", version},
             {"config", whole_path(flags_.config_file)},
             {"state_dir", whole_path(config_.state_dir)},
             {"engine", config_.history.engine}});
  tell_doubts();
  if (config_.lacks_state_dir) {
    log::warning(
        "daemon",
        "no state directory is known: the history is kept in memory, and gone when this ends; name a "
        "directory with --state-dir or server.state_dir, or write history.engine = \"memory\" if that is "
        "what you want");
  }
  if (office_) office_->start();
  if (journal_->service() == journal::Service::ready) begin_to_listen();
  wait_for_signal();
  tick();
  keep_watchdog_quiet();
  ops::systemd::ready(status());
  turn_.run();
  tell_counted(net::never);
  log::info("daemon", "stopped");
  return exit_code_;
}

void Daemon::begin_to_listen() {
  if (std::exchange(listens_, true)) return;
  if (listeners_.empty()) {
    if (const auto error = open_listeners()) {
      log::error("net", "cannot listen", {{"reason", error->text}});
      exit_code_ = 1;
      return begin_shutdown(SIGTERM);
    }
  }
  const bool is_local = std::all_of(listeners_.begin(), listeners_.end(),
                                    [](const auto& listener) { return listener->is_local(); });
  if (!is_local) accounts_.set_public();
  for (const auto& listener : listeners_) listener->start();
}

/// A node that is not among the others has nobody: they go to another node, and come back to any.
void Daemon::look_at_service() {
  if (!std::exchange(service_changed_, false) || stopping_) return;
  switch (journal_->service()) {
    case journal::Service::ready:
      log::info("cluster", "this node is in service",
                {{"cluster", config_.cluster.name}, {"node", config_.cluster.node}});
      return begin_to_listen();
    case journal::Service::waiting:
      return;
    case journal::Service::away:
      if (!listens_) return;
      log::warning("cluster", "this node is not among the others now; its clients are sent to another",
                   {{"cluster", config_.cluster.name}, {"node", config_.cluster.node}});
      return hub_.close_all({Code::shutting_down, "this server has lost the others; go to another one"});
    case journal::Service::lost:
      exit_code_ = 1;
      return begin_shutdown(SIGTERM);
  }
}

void Daemon::end_turn() {
  hub_.end_turn();
  look_at_service();
  wake_for_hub();
  if (committed_ && admission_.connections() == 0) turn_.stop();
}

// --- signals

void Daemon::wait_for_signal() {
  signals_.async_wait([this](const error_code& ec, int signal) {
    if (ec) return;
    on_signal(signal);
    wait_for_signal();
  });
}

void Daemon::on_signal(int signal) {
  if (signal == SIGHUP) {
    reload();
  } else if (!stopping_) {
    begin_shutdown(signal);
  } else {
    log::warning("daemon", "stopping at once, on a second signal");
    exit_code_ = 1;
    turn_.stop();
  }
}

std::optional<Error> Daemon::reload() {
  ops::systemd::reloading();
  std::optional<Error> fault;
  auto loaded = config::load(flags_);
  if (const auto* invalid = std::get_if<config::Invalid>(&loaded)) {
    log::error("daemon", "the configuration stays as it was", {{"reason", invalid->sentence}});
    fault = Error{Code::denied, "the configuration stays as it was: " + invalid->sentence};
  } else {
    auto& wanted = std::get<config::Config>(loaded);
    const auto keys = config::waiting_for_restart(config_, wanted);
    if (!keys.empty()) log::warning("daemon", "changes that wait for a restart", {{"keys", keys}});
    keep_certificates(wanted.net);
    config_.chat = std::move(wanted.chat);
    config_.accounts = wanted.accounts;
    config_.net = wanted.net;
    config_.web = std::move(wanted.web);
    wanted.history.engine = config_.history.engine;
    wanted.history.directory = config_.history.directory;
    config_.history = std::move(wanted.history);
    config_.log = wanted.log;
    log::configure(config_.log);
    journal_->configure(config_.history);
    if (const auto error = load_certificates()) {
      log::error("daemon", "the certificates stay as they were", {{"reason", error->text}});
      fault = Error{Code::denied, "the certificates stay as they were: " + error->text};
    }
    turn_.settings_changed();
    log::info("daemon", "configuration read again", {{"config", flags_.config_file}});
    tell_doubts();
  }
  ops::systemd::ready(status());
  return fault;
}

std::optional<protocol::Error> Daemon::load_accounts() {
  accounts_.use_thread();
  return journal_->load_accounts([this](const journal::AccountRecord& record) {
    const auto applied = accounts_.book().apply(record);
    if (applied == journal::Applied::done) return;
    log::error("daemon", "an account in the journal contradicts another, and is left out; see hubbubd verify",
               {{"number", record.seq}});
  });
}

/// Handshakes have a thread once there can be any.
std::optional<protocol::Error> Daemon::load_certificates() {
  if (!config_.net.certificates.empty()) {
    if (auto error = handshaker_.begin()) return error;
  }
  return tls_.load();
}

/// As long as there is a listener for TLS alone, which stays until a restart, so do the certificates.
void Daemon::keep_certificates(net::Settings& wanted) const {
  const bool is_needed = std::any_of(listeners_.begin(), listeners_.end(),
                                     [](const auto& listener) { return listener->is_tls(); });
  if (!is_needed || !wanted.certificates.empty()) return;
  wanted.certificates = config_.net.certificates;
  log::warning("daemon", "the certificates stay until a restart: there is an address for TLS alone");
}

void Daemon::tell_doubts() const {
  for (const auto& doubt : config::doubts(config_, {&descriptors_, 1})) {
    log::warning("daemon", "the configuration may not be what is meant", {{"reason", doubt}});
  }
}

/// In this order: no new connections; messages are committed and delivered; all clients are told; clients
/// have until the deadline to read what waits for them.
void Daemon::begin_shutdown(int signal) {
  log::info("daemon", "stopping", {{"signal", std::string_view(signal == SIGINT ? "SIGINT" : "SIGTERM")}});
  ops::systemd::stopping();
  stopping_ = true;
  for (const auto& listener : listeners_) listener->close();
  if (office_) office_->close();
  if (config_.net.shutdown.count() > 0) {
    deadline_timer_.expires_after(config_.net.shutdown);
    deadline_timer_.async_wait([this](const error_code& ec) {
      if (!ec) turn_.stop();
    });
  }
  journal_->stop(clock_.now().wall, [this] {
    committed_ = true;
    hub_.close_all({Code::shutting_down, "the server is shutting down"});
    turn_.close_all("shutting_down: the server is shutting down\n");
  });
}

// --- from time to time

/// Makes a turn begin when the hub is due.
void Daemon::wake_for_hub() {
  if (hub_.due() >= hub_wakes_) return;
  hub_wakes_ = hub_.due();
  hub_timer_.expires_at(hub_wakes_);
  hub_timer_.async_wait([this](const error_code& ec) {
    if (!ec) hub_wakes_ = net::never;
  });
}

void Daemon::tick() {
  hub_.tick();
  tls_.look(turn_.now().steady);
  tell_counted(turn_.now().steady);
  auto line = status();
  if (line != told_status_) ops::systemd::status(told_status_ = std::move(line));
  tick_timer_.expires_after(std::chrono::seconds{1});
  tick_timer_.async_wait([this](const error_code& ec) {
    if (!ec) tick();
  });
}

void Daemon::keep_watchdog_quiet() {
  const auto interval = ops::systemd::watchdog_interval();
  if (!interval) return;
  ops::systemd::watchdog_alive();
  watchdog_timer_.expires_after(*interval);
  watchdog_timer_.async_wait([this](const error_code& ec) {
    if (!ec) keep_watchdog_quiet();
  });
}

/// Logs the counts that come once a minute.
void Daemon::tell_counted(net::Time now) {
  hub_.log_book().tell_due(now);
  entrance_.turned_away.tell_due(now);
  admission_.log().tell_due(now);
}

/// Why nobody can talk now.
std::optional<std::string_view> Daemon::not_ready() const {
  if (stopping_) return "stopping";
  if (!journal_->measures().is_writable) return "the journal cannot be written to";
  switch (journal_->service()) {
    case journal::Service::ready:
      break;
    case journal::Service::waiting:
      return "the cluster's log cannot be had";
    case journal::Service::away:
      return "this node is not in the cluster yet";
    case journal::Service::lost:
      return "this node cannot go on in the cluster; see the log";
  }
  return std::nullopt;
}

std::string Daemon::numbers() const {
  Measured measured{
      .hub = hub_, .journal = *journal_, .admission = admission_, .turn = turn_, .certificates = {}};
  if (tls_.is_offered()) {
    for (const auto& each : tls_.certificates()->validities()) {
      const auto left = std::chrono::floor<std::chrono::seconds>(each.end - std::chrono::system_clock::now());
      measured.certificates.push_back({.file = each.file, .left = left});
    }
  }
  return metrics(measured);
}

std::string Daemon::status() const {
  if (!listens_) return "waiting to be let into the cluster";
  auto line = protocol::counted(admission_.connections(), "connection") + ", " +
              protocol::counted(hub_.room_count(), "room");
  if (const auto drop = journal_->pending_drop()) {
    // To the minute, so that the status does not change every second.
    const auto minutes = std::chrono::ceil<std::chrono::minutes>(drop->due - clock_.now().steady).count();
    line += "; a new retention " +
            (drop->messages ? "drops " + std::to_string(*drop->messages) + " messages" : "takes effect") +
            " in " + std::to_string(minutes) + " min";
  }
  return line;
}

}  // namespace hubbub
