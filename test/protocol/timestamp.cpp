#include "protocol/timestamp.hpp"

#include "test/support/catch.hpp"

using namespace hubbub::protocol;
using namespace std::chrono_literals;

namespace {

Timestamp moment(int year, unsigned month, unsigned day, std::chrono::milliseconds within) {
  return std::chrono::sys_days{std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day}} +
         within;
}

}  // namespace

TEST_CASE("times are written in UTC with milliseconds") {
  CHECK(to_string(Timestamp{}) == "1970-01-01T00:00:00.000Z");
  CHECK(to_string(moment(2026, 11, 21, 9h + 30min + 125ms)) == "2026-11-21T09:30:00.125Z");
  CHECK(to_string(moment(2024, 2, 29, 23h + 59min + 59s + 999ms)) == "2024-02-29T23:59:59.999Z");
  CHECK(to_string(moment(1969, 12, 31, 23h + 59min + 59s + 7ms)) == "1969-12-31T23:59:59.007Z");
}

TEST_CASE("times that four digits cannot say become the nearest that they can") {
  CHECK(to_string(moment(10000, 1, 1, 0ms)) == "9999-12-31T23:59:59.999Z");
  CHECK(to_string(moment(-1, 1, 1, 0ms)) == "0000-01-01T00:00:00.000Z");
  CHECK(to_string(Timestamp::max()) == "9999-12-31T23:59:59.999Z");
  CHECK(to_string(Timestamp::min()) == "0000-01-01T00:00:00.000Z");
}

TEST_CASE("times are read back as they were written") {
  const auto time = GENERATE(moment(2026, 11, 21, 9h + 30min + 125ms), moment(0, 1, 1, 0ms),
                             moment(9999, 12, 31, 23h + 59min + 59s + 999ms), moment(2000, 2, 29, 1ms));
  CHECK(timestamp_from(to_string(time)) == time);
}

TEST_CASE("times are read in every form of RFC 3339") {
  const Timestamp half_past_nine = moment(2026, 11, 21, 9h + 30min);
  CHECK(timestamp_from("2026-11-21T09:30:00Z") == half_past_nine);
  CHECK(timestamp_from("2026-11-21t09:30:00z") == half_past_nine);
  CHECK(timestamp_from("2026-11-21 09:30:00Z") == half_past_nine);
  CHECK(timestamp_from("2026-11-21T09:30:00.5Z") == half_past_nine + 500ms);
  CHECK(timestamp_from("2026-11-21T09:30:00.12Z") == half_past_nine + 120ms);
  CHECK(timestamp_from("2026-11-21T09:30:00.123987654321Z") == half_past_nine + 123ms);
  CHECK(timestamp_from("2026-11-21T11:30:00+02:00") == half_past_nine);
  CHECK(timestamp_from("2026-11-21T06:00:00-03:30") == half_past_nine);
  CHECK(timestamp_from("2026-11-20T23:30:00-10:00") == half_past_nine);
  CHECK(timestamp_from("2016-12-31T23:59:60Z") == moment(2017, 1, 1, 0ms));
}

TEST_CASE("what is no time is nothing") {
  const char* const text =
      GENERATE("", "now", "2026-11-21", "2026-11-21T09:30:00", "2026-11-21T09:30:00.Z",
               "2026-11-21T09:30:00Z ", "2026-11-21T09:30Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
               "2026-02-29T00:00:00Z", "2026-11-00T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T09:60:00Z",
               "2026-11-21T09:30:61Z", "2026-11-21T09:30:00+24:00", "2026-11-21T09:30:00+00:60",
               "2026-11-21T09:30:00+0100", "-026-11-21T09:30:00Z", "2026-11-21T-9:30:00Z",
               "+026-11-21T09:30:00Z", "20261-1-21T09:30:00Z", "2026-11-21T09:30:00.-5Z");
  CAPTURE(text);
  CHECK_FALSE(timestamp_from(text));
}
