#include "server/metrics.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <hubbub_version.hpp>
#include <iterator>
#include <limits>
#include <sstream>
#include <utility>

#include "server/chat/counters.hpp"
#include "server/ops/histogram.hpp"

namespace hubbub {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

/// Families in the order in which they are added.
class Families {
 public:
  MetricFamily& add(MetricType type, const char* name, const char* help) {
    auto& family = all_.emplace_back();
    family.type = type;
    family.name = name;
    family.help = help;
    return family;
  }
  template <class Number>
  void gauge(const char* name, const char* help, Number value) {
    add(MetricType::Gauge, name, help).metric.push_back(gauge_of(value));
  }
  template <class Number>
  void counter(const char* name, const char* help, Number value) {
    add(MetricType::Counter, name, help).metric.push_back(counter_of(value));
  }

  template <class Number>
  static ClientMetric gauge_of(Number value, std::vector<ClientMetric::Label> labels = {}) {
    return metric_of(&ClientMetric::gauge, value, std::move(labels));
  }
  template <class Number>
  static ClientMetric counter_of(Number value, std::vector<ClientMetric::Label> labels = {}) {
    return metric_of(&ClientMetric::counter, value, std::move(labels));
  }

  const std::vector<MetricFamily>& all() const { return all_; }

 private:
  template <class Kind, class Number>
  static ClientMetric metric_of(Kind ClientMetric::*kind, Number value,
                                std::vector<ClientMetric::Label> labels) {
    ClientMetric metric;
    (metric.*kind).value = static_cast<double>(value);
    metric.label = std::move(labels);
    return metric;
  }

  std::vector<MetricFamily> all_;
};

ClientMetric::Label label(const char* name, std::string_view value) {
  ClientMetric::Label made;
  made.name = name;
  made.value = value;
  return made;
}

void add_histogram(Families& to, const char* name, const char* help, const ops::Histogram& histogram) {
  ClientMetric metric;
  std::uint64_t all = 0;
  const auto bounds = histogram.bounds();
  for (std::size_t place = 0; place <= bounds.size(); ++place) {
    all += histogram.count(place);
    auto& bucket = metric.histogram.bucket.emplace_back();
    bucket.cumulative_count = all;
    bucket.upper_bound = place < bounds.size() ? bounds[place] : std::numeric_limits<double>::infinity();
  }
  metric.histogram.sample_count = all;
  metric.histogram.sample_sum = histogram.sum();
  to.add(MetricType::Histogram, name, help).metric.push_back(std::move(metric));
}

// --- connections

void add_connections(Families& to, const net::Admission& admission) {
  std::vector<ClientMetric> now;
  std::vector<ClientMetric> since_start;
  for (const auto& [name, speakers] : admission.speakers()) {
    const auto front = label("front", name.empty() ? "none" : name);
    now.push_back(Families::gauge_of(speakers.now, {front}));
    since_start.push_back(Families::counter_of(speakers.since_start, {front}));
  }
  to.add(MetricType::Gauge, "hubbub_connections", "Open connections, by what they speak.").metric =
      std::move(now);
  to.add(MetricType::Counter, "hubbub_connections_total",
         "Connections since the start, by what they speak; one that has changed counts for each.")
      .metric = std::move(since_start);
  auto& refused = to.add(MetricType::Counter, "hubbub_refused_total",
                         "Connections that were turned away, by the limit that was reached.");
  for (const auto& [reason, count] : admission.refused())
    refused.metric.push_back(Families::counter_of(count, {label("reason", reason)}));
}

// --- chat

void add_chat(Families& to, const chat::Hub& hub) {
  const auto census = hub.census();
  const auto& counters = hub.counters();
  to.gauge("hubbub_sessions", "Open sessions.", census.sessions);
  to.gauge("hubbub_rooms", "Rooms that somebody is in.", hub.room_count());
  to.counter("hubbub_messages_total", "Messages stored.", counters.messages);
  to.counter("hubbub_deliveries_total", "Messages delivered, once for each session in the room.",
             counters.deliveries);
  to.gauge("hubbub_slow_readers", "Sessions that are behind with what others say.", census.slow_readers);
  auto& errors = to.add(MetricType::Counter, "hubbub_errors_total", "Errors told to clients, by code.");
  for (std::size_t i = 0; i < counters.errors.size(); ++i) {
    errors.metric.push_back(Families::counter_of(counters.errors.at(i),
                                                 {label("code", to_string(static_cast<protocol::Code>(i)))}));
  }
  to.add(MetricType::Counter, "hubbub_logins_total", "Requests to enter, by result.").metric = {
      Families::counter_of(counters.welcomed, {label("result", "ok")}),
      Families::counter_of(counters.not_welcomed, {label("result", "refused")})};
}

// --- journal

void add_journal(Families& to, const journal::Journal& journal) {
  const auto& measures = journal.measures();
  add_histogram(to, "hubbub_commit_seconds", "Time to store a batch.", measures.commit_seconds);
  add_histogram(to, "hubbub_batch_messages", "Messages and changes of rooms in a batch.",
                measures.batch_messages);
  auto& bytes = to.add(MetricType::Gauge, "hubbub_journal_bytes", "Size of the journal's files.");
  for (const auto& file : journal.files())
    bytes.metric.push_back(Families::gauge_of(file.bytes, {label("file", file.name)}));
  to.counter("hubbub_journal_faults_total",
             "Notices in the log that the journal could not be written, or only with the spare space.",
             measures.faults);
  to.gauge("hubbub_journal_writable", "Whether the journal could be written the last time.",
           measures.is_writable ? 1 : 0);
}

void add_cluster(Families& to, const journal::Journal& journal) {
  const auto cluster = journal.cluster();
  if (!cluster) return;
  to.gauge("hubbub_cluster_position", "Place in the log up to which all has been delivered.",
           cluster->position);
  to.gauge("hubbub_cluster_lag", "Entries of the log that are known and have not been delivered.",
           cluster->lag);
  to.gauge("hubbub_cluster_nodes", "Nodes that are there, this one among them.", cluster->nodes.size());
  add_histogram(to, "hubbub_cluster_append_seconds", "Time from a batch's sending to its reading in the log.",
                journal.measures().append_seconds);
}

// --- the process, as Prometheus names what it knows of any

/// The fields of /proc/self/stat from the fourth on (proc(5)), all numbers; those that are not there are 0.
class ProcessStat {
 public:
  ProcessStat() {
    std::ifstream file("/proc/self/stat");
    std::string text;
    std::getline(file, text);
    std::istringstream rest(text.substr(std::min(text.size(), text.rfind(')') + 1)));
    std::string state;
    rest >> state;
    for (double field = 0; rest >> field;) fields_.push_back(field);
  }
  double at(std::size_t index) const {
    constexpr std::size_t first = 4;
    return index - first < fields_.size() ? fields_[index - first] : 0;
  }

 private:
  std::vector<double> fields_;
};

double boot_time() {
  std::ifstream file("/proc/stat");
  std::string word;
  while (file >> word)
    if (word == "btime") return file >> word ? std::strtod(word.c_str(), nullptr) : 0;
  return 0;
}

void add_process(Families& to) {
  constexpr std::size_t user_time = 14;
  constexpr std::size_t system_time = 15;
  constexpr std::size_t start_time = 22;
  constexpr std::size_t virtual_bytes = 23;
  constexpr std::size_t resident_pages = 24;
  const ProcessStat stat;
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  to.counter("process_cpu_seconds_total", "Processor time, of user and system.",
             (stat.at(user_time) + stat.at(system_time)) / ticks);
  to.gauge("process_resident_memory_bytes", "Memory that is resident.",
           stat.at(resident_pages) * static_cast<double>(::sysconf(_SC_PAGESIZE)));
  to.gauge("process_virtual_memory_bytes", "Address space.", stat.at(virtual_bytes));
  to.gauge("process_start_time_seconds", "When it was started, since 1970.",
           boot_time() + stat.at(start_time) / ticks);
  std::error_code ignored;
  const auto open = std::distance(std::filesystem::directory_iterator("/proc/self/fd", ignored), {});
  to.gauge("process_open_fds", "Open descriptors.", std::max<std::ptrdiff_t>(open - 1, 0));
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  to.gauge("process_max_fds", "Descriptors that it may have open.", limit.rlim_cur);
}

}  // namespace

std::string metrics(const Measured& measured) {
  Families families;
  add_connections(families, measured.admission);
  add_chat(families, measured.hub);
  const auto& passed = measured.turn.measures();
  families
      .add(MetricType::Counter, "hubbub_bytes_total",
           "Bytes from and to clients, without what TLS adds, by direction.")
      .metric = {Families::counter_of(passed.received, {label("direction", "in")}),
                 Families::counter_of(passed.sent, {label("direction", "out")})};
  families.gauge("hubbub_outbox_bytes", "Bytes that wait for clients to take them.",
                 measured.turn.outbox_bytes());
  add_journal(families, measured.journal);
  add_cluster(families, measured.journal);
  add_histogram(families, "hubbub_turn_seconds", "Time of a turn of the loop.", passed.turn_seconds);
  auto& expiry = families.add(MetricType::Gauge, "hubbub_certificate_expiry_seconds",
                              "Time until a certificate expires.");
  for (const auto& each : measured.certificates)
    expiry.metric.push_back(Families::gauge_of(each.left.count(), {label("file", each.file)}));
  families.add(MetricType::Gauge, "hubbub_build_info", "1, with the version.").metric = {
      Families::gauge_of(1, {label("version", version)})};
  add_process(families);
  return prometheus::TextSerializer().Serialize(families.all());
}

}  // namespace hubbub
