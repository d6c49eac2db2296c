// The log in memory, by which the tests of nodes go, keeps the contract of a real one.
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>

#include "test/journal/shared/fake_log.hpp"
#include "test/journal/shared/log_contract.hpp"
#include "test/support/catch.hpp"

namespace hubbub::journal::shared {
namespace {

class FakeBench final : public LogBench {
 public:
  std::unique_ptr<Log> make_log() override { return std::make_unique<FakeLog>(engine_, &loop_); }
  bool turn_until(const std::function<bool()>& holds) override {
    while (!holds()) {
      loop_.restart();
      if (loop_.poll() == 0) return holds();
    }
    return true;
  }

 private:
  boost::asio::io_context loop_{1};
  FakeEngine engine_;
};

}  // namespace

TEST_CASE("a log in memory keeps the contract of a shared log") {
  for (const auto& check : log_contract::checks) {
    INFO(check.name);
    FakeBench bench;
    check.run(bench);
  }
}

}  // namespace hubbub::journal::shared
