#include "server/net/writer.hpp"

#include <array>

#include "test/support/catch.hpp"

namespace hubbub::net {
namespace {

using State = Life::State;

/// A life that has come to `state`.
Life at(State state) {
  Life life;
  if (state == State::closing || state == State::finishing) life.close();
  if (state == State::finishing) life.finish();
  if (state == State::broken) life.break_off();
  return life;
}

struct Row {
  State from;
  bool (Life::*go)();
  State to;  ///< the same: there is no such way
};

}  // namespace

TEST_CASE("a connection's life goes one way, and nowhere twice") {
  static constexpr std::array rows{
      Row{State::open, &Life::close, State::closing},
      Row{State::open, &Life::finish, State::open},
      Row{State::open, &Life::break_off, State::broken},
      Row{State::closing, &Life::close, State::closing},
      Row{State::closing, &Life::finish, State::finishing},
      Row{State::closing, &Life::break_off, State::broken},
      Row{State::finishing, &Life::close, State::finishing},
      Row{State::finishing, &Life::finish, State::finishing},
      Row{State::finishing, &Life::break_off, State::broken},
      Row{State::broken, &Life::close, State::broken},
      Row{State::broken, &Life::finish, State::broken},
      Row{State::broken, &Life::break_off, State::broken},
  };
  for (const auto& row : rows) {
    auto life = at(row.from);
    REQUIRE(life.state() == row.from);
    CHECK((life.*row.go)() == (row.to != row.from));
    CHECK(life.state() == row.to);
    CHECK(life.is_open() == (row.to == State::open));
    CHECK(life.is_broken() == (row.to == State::broken));
  }
}

}  // namespace hubbub::net
