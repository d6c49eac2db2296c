#include "test/load/process.hpp"

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <stdexcept>
#include <string>

namespace hubbub::load {

Process::Process(pid_t id) : id_(id) {
  if (clock_getcpuclockid(id, &clock_) != 0) {
    throw std::runtime_error("there is no process " + std::to_string(id));
  }
}

std::uint64_t Process::processor_time() const {
  timespec time{};
  if (clock_gettime(clock_, &time) != 0) throw std::runtime_error("the server has gone");
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(time.tv_nsec);
}

std::uint64_t Process::memory() const { return status("RssAnon:"); }
std::uint64_t Process::resident() const { return status("VmRSS:"); }

std::uint64_t Process::status(const char* field) const {
  std::ifstream lines("/proc/" + std::to_string(id_) + "/status");
  std::string word;
  while (lines >> word) {
    if (word != field) continue;
    std::uint64_t kib = 0;
    lines >> kib;
    return kib * 1024;
  }
  throw std::runtime_error("the server has gone");
}

double load_average() {
  double average = 0;
  return getloadavg(&average, 1) == 1 ? average : 0;
}

}  // namespace hubbub::load
