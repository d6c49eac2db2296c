#include "server/journal/shared/etcd_log.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <utility>

#include "server/journal/shared/etcd_begin.hpp"
#include "server/journal/shared/etcd_lease.hpp"
#include "server/journal/shared/etcd_members.hpp"
#include "server/journal/shared/etcd_reader.hpp"

namespace hubbub::journal::shared {

namespace asio = boost::asio;
using etcd::Answer;
using etcd::Fate;
using std::chrono::milliseconds;

namespace {

/// An election takes two seconds, and whatever was on its way to the former leader is lost.
constexpr milliseconds patience_of_append{2000};
constexpr milliseconds patience_of_trim{5000};
constexpr milliseconds patience_of_close{2000};

}  // namespace

/// What goes on, also for a moment after the end of the log itself.
class EtcdLog::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(asio::io_context& loop, const ClusterSettings& settings, etcd::TlsContext tls)
      : members_(std::make_shared<etcd::Members>(loop.get_executor(), settings, std::move(tls))),
        keys_(settings.name),
        lease_time_(settings.lease),
        patience_(settings.patience),
        quota_(settings.quota),
        appender_(members_),
        trimmer_(members_) {}

  void open(const Mark& from, Reader reader);
  void begin(std::string bytes, bool anew, Done done);
  void enter(const std::string& node, const std::string& about, std::function<void(std::uint64_t)> done);
  void append(std::string bytes, Done done);
  void hold(bool held) const;
  void trim(std::uint64_t revision);
  void close(std::function<void()> done);
  void stop();
  Health health() const;

 private:
  asio::awaitable<void> run_append(std::string bytes, Done done);
  asio::awaitable<Result> write(const std::string& bytes);
  Result outcome(const Answer& answer);
  asio::awaitable<Result> outcome_when_full();
  asio::awaitable<void> run_begin(std::shared_ptr<etcd::Beginner> beginner, Done done) const;
  asio::awaitable<void> run_trim(std::uint64_t revision);
  void take(std::span<const Item> items);
  void fenced() const;
  /// Nothing is told any more.
  void hush();

  const std::shared_ptr<etcd::Members> members_;
  const etcd::Keys keys_;
  const milliseconds lease_time_;
  const milliseconds patience_;
  const std::uint64_t quota_;
  etcd::Caller appender_;
  etcd::Caller trimmer_;
  std::shared_ptr<etcd::NodeLease> lease_;
  std::shared_ptr<etcd::Reader> log_reader_;
  std::shared_ptr<etcd::Beginner> beginner_;
  Reader reader_;
  /// What is being appended, while it may come by the reader before its answer.
  const std::string* in_flight_ = nullptr;
  bool has_come_ = false;
  bool trims_ = false;
  bool quiet_ = false;
};

// --- reading

void EtcdLog::Core::open(const Mark& from, Reader reader) {
  reader_ = std::move(reader);
  Reader through{.take =
                     [core = weak_from_this()](std::span<const Item> items) {
                       if (const auto self = core.lock()) self->take(items);
                     },
                 .changed =
                     [core = weak_from_this()](State state) {
                       if (const auto self = core.lock()) self->reader_.changed(state);
                     }};
  log_reader_ = std::make_shared<etcd::Reader>(members_, keys_, from, std::move(through), quota_);
  asio::post(members_->executor(), [reader = log_reader_] { reader->start(); });
}

void EtcdLog::Core::take(std::span<const Item> items) {
  bool has_gone = false;
  for (const auto& item : items) {
    if (const auto* const entry = std::get_if<Entry>(&item.what)) {
      if (in_flight_ != nullptr && entry->bytes == *in_flight_) has_come_ = true;
    } else if (const auto* const gone = std::get_if<Gone>(&item.what)) {
      has_gone = has_gone || (lease_ && gone->epoch == lease_->epoch());
    }
  }
  reader_.take(items);
  if (has_gone && !quiet_) lease_->lose("its key has been deleted");
}

void EtcdLog::Core::fenced() const {
  if (!quiet_ && reader_.changed) reader_.changed(State::fenced);
}

// --- writing

void EtcdLog::Core::enter(const std::string& node, const std::string& about,
                          std::function<void(std::uint64_t)> done) {
  if (!lease_) {
    lease_ =
        std::make_shared<etcd::NodeLease>(members_, keys_, lease_time_, patience_, [core = weak_from_this()] {
          // It may have been found out within a call.
          const auto self = core.lock();
          if (self) asio::post(self->members_->executor(), [self] { self->fenced(); });
        });
  }
  asio::post(members_->executor(),
             [lease = lease_, node, about, done = std::move(done)] { lease->enter(node, about, done); });
}

void EtcdLog::Core::append(std::string bytes, Done done) {
  asio::post(members_->executor(),
             [self = shared_from_this(), bytes = std::move(bytes), done = std::move(done)]() mutable {
               auto run = [self, bytes = std::move(bytes), done = std::move(done)]() mutable {
                 return self->run_append(std::move(bytes), std::move(done));
               };
               asio::co_spawn(self->members_->executor(), std::move(run), etcd::rethrow);
             });
}

asio::awaitable<void> EtcdLog::Core::run_append(std::string bytes, Done done) {
  in_flight_ = &bytes;
  has_come_ = false;
  auto result = co_await write(bytes);
  if (result == Result::unknown && has_come_) result = Result::stored;
  in_flight_ = nullptr;
  if (!quiet_) done(result);
}

asio::awaitable<Log::Result> EtcdLog::Core::write(const std::string& bytes) {
  if (quiet_ || !lease_ || !lease_->holds()) co_return Result::refused;
  const auto epoch = lease_->epoch();
  const auto request = etcd::append(lease_->node_key(), epoch, keys_.log(), bytes);
  const auto answer = co_await appender_.ask(request, patience_of_append);
  if (answer.kind == Answer::Kind::refused && fate_of(answer.refusal) == Fate::full) {
    members_->full(true);
    co_return co_await outcome_when_full();
  }
  if (answer.kind != Answer::Kind::ok) co_return outcome(answer);
  const auto txn = etcd::parse_txn(answer.body);
  if (!txn) {
    members_->misunderstood(answer.member, "of an append");
    co_return Result::unknown;
  }
  if (txn->succeeded) {
    members_->full(false);
    members_->refused({});
    co_return Result::stored;
  }
  if (epoch == lease_->epoch()) lease_->lose("another start of it was let in, or its lease has ended");
  co_return Result::refused;
}

Log::Result EtcdLog::Core::outcome(const Answer& answer) {
  if (answer.kind == Answer::Kind::unsent) return Result::unsent;
  if (answer.kind != Answer::Kind::refused) return Result::unknown;
  switch (fate_of(answer.refusal)) {
    case Fate::never:
      members_->refused(answer.refusal.text);
      return Result::refused;
    case Fate::no_token:
      // The lease goes on without a user, so the member is not lost.
      members_->refused(members_->clause(answer.refusal));
      return Result::unsent;
    case Fate::busy:
      return Result::unsent;
    case Fate::full:
    case Fate::perhaps:
      break;
  }
  return Result::unknown;
}

/// A member that has applied something looks whether there was space for it, and says no although it is
/// stored (etcdserver/apply.go, quotaApplierV3). That is so by the time that it answers, and so the log up to
/// now tells.
asio::awaitable<Log::Result> EtcdLog::Core::outcome_when_full() {
  const auto look = etcd::range(keys_.log(), etcd::Depth::keys);
  const auto answer = co_await appender_.ask(look, patience_of_append);
  if (has_come_) co_return Result::stored;
  const auto range = answer.kind == Answer::Kind::ok ? etcd::parse_range(answer.body) : std::nullopt;
  if (!range || !log_reader_) co_return Result::unknown;
  const auto newest = range->found.empty() ? 0 : range->found.front().mod_revision;
  const bool has_all = co_await log_reader_->wait_for(newest, patience_of_append);
  if (has_come_) co_return Result::stored;
  co_return has_all ? Result::refused : Result::unknown;
}

void EtcdLog::Core::begin(std::string bytes, bool anew, Done done) {
  beginner_ = std::make_shared<etcd::Beginner>(members_, keys_, std::move(bytes), anew, 2 * lease_time_);
  asio::post(members_->executor(), [self = shared_from_this(), done = std::move(done)] {
    asio::co_spawn(
        self->members_->executor(),
        [self, beginner = self->beginner_, done] { return self->run_begin(beginner, done); }, etcd::rethrow);
  });
}

asio::awaitable<void> EtcdLog::Core::run_begin(std::shared_ptr<etcd::Beginner> beginner, Done done) const {
  const auto result = co_await beginner->run();
  if (!quiet_) done(result);
}

// --- the rest

void EtcdLog::Core::hold(bool held) const {
  if (log_reader_) log_reader_->hold(held);
}

void EtcdLog::Core::trim(std::uint64_t revision) {
  // What is left comes with the next one.
  if (quiet_ || revision == 0 || std::exchange(trims_, true)) return;
  asio::post(members_->executor(), [self = shared_from_this(), revision] {
    asio::co_spawn(
        self->members_->executor(), [self, revision] { return self->run_trim(revision); }, etcd::rethrow);
  });
}

asio::awaitable<void> EtcdLog::Core::run_trim(std::uint64_t revision) {
  const auto request = etcd::compact(revision);
  const auto answer = co_await trimmer_.ask(request, patience_of_trim);
  if (answer.kind == Answer::Kind::refused && !is_compacted(answer.refusal))
    members_->misunderstood(answer.member, answer.refusal.text);
  trims_ = false;
}

void EtcdLog::Core::hush() {
  quiet_ = true;
  if (log_reader_) log_reader_->stop();
  if (beginner_) beginner_->stop();
  appender_.stop();
  trimmer_.stop();
}

void EtcdLog::Core::close(std::function<void()> done) {
  hush();
  if (!lease_) return asio::post(members_->executor(), std::move(done));
  asio::post(members_->executor(),
             [lease = lease_, done = std::move(done)] { lease->leave(patience_of_close, done); });
}

void EtcdLog::Core::stop() {
  hush();
  if (lease_) lease_->stop();
  members_->stop();
}

EtcdLog::Health EtcdLog::Core::health() const {
  if (!log_reader_) return {.trouble = members_->trouble()};
  auto known = log_reader_->known();
  Health health{.member = std::move(known.member),
                .is_reading = known.is_reading,
                .trouble = members_->trouble(),
                .is_full = members_->is_full(),
                .newest_revision = known.revision};
  if (known.status) {
    health.database_bytes = known.status->size;
    health.database_bytes_used = known.status->used;
  }
  return health;
}

// --- EtcdLog

EtcdLog::EtcdLog(std::shared_ptr<Core> core) : core_(std::move(core)) {}

EtcdLog::~EtcdLog() { core_->stop(); }

protocol::Result<std::unique_ptr<EtcdLog>> EtcdLog::make(asio::io_context& loop,
                                                         const ClusterSettings& settings) {
  auto tls = etcd::make_tls(settings);
  if (!tls) return tls.error();
  return std::unique_ptr<EtcdLog>(new EtcdLog(std::make_shared<Core>(loop, settings, *std::move(tls))));
}

void EtcdLog::open(const Mark& from, Reader reader) { core_->open(from, std::move(reader)); }

void EtcdLog::begin(std::string bytes, bool anew, Done done) {
  core_->begin(std::move(bytes), anew, std::move(done));
}

void EtcdLog::enter(std::string node, std::string about, std::function<void(std::uint64_t epoch)> done) {
  core_->enter(node, about, std::move(done));
}

void EtcdLog::append(std::string bytes, Done done) { core_->append(std::move(bytes), std::move(done)); }

void EtcdLog::hold(bool held) { core_->hold(held); }

void EtcdLog::trim(std::uint64_t revision) { core_->trim(revision); }

void EtcdLog::close(std::function<void()> done) { core_->close(std::move(done)); }

EtcdLog::Health EtcdLog::health() const { return core_->health(); }

}  // namespace hubbub::journal::shared
