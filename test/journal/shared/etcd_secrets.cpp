// Who may speak to etcd, and how it is known to be etcd: users, passwords, certificates.
#include <chrono>
#include <string>

#include "server/ops/log.hpp"
#include "test/journal/shared/etcd_bench.hpp"
#include "test/support/catch.hpp"
#include "test/support/certificates.hpp"
#include "test/support/programs.hpp"

namespace hubbub::journal::shared {
namespace {

using Catch::Matchers::ContainsSubstring;
using Result = Log::Result;
using State = Log::State;

constexpr auto password = "a \"pass\" wörd";

std::string trouble_of(LogReader& reader) { return static_cast<EtcdLog&>(reader.log()).health().trouble; }

void demand_users(const test::Etcd& etcd) {
  // The bytes "hubbub/" and what follows them, in base64.
  constexpr auto keys = R"("key":"aHViYnViLw==","range_end":"aHViYnViMA==")";
  etcd.post("/v3/auth/user/add", R"({"name":"root","password":"root"})");
  etcd.post("/v3/auth/role/add", R"({"name":"root"})");
  etcd.post("/v3/auth/user/grant", R"({"user":"root","role":"root"})");
  etcd.post("/v3/auth/role/add", R"({"name":"chat"})");
  etcd.post("/v3/auth/role/grant",
            R"({"name":"chat","perm":{"permType":"READWRITE",)" + std::string(keys) + "}}");
  etcd.post("/v3/auth/user/add", R"({"name":"hubbub","password":"a \"pass\" wörd"})");
  etcd.post("/v3/auth/user/grant", R"({"user":"hubbub","role":"chat"})");
  etcd.post("/v3/auth/enable", "{}");
}

}  // namespace

TEST_CASE("etcd may ask for user and password, and again when it has forgotten them") {
  if (!test::Etcd::is_here()) return;
  test::Etcd etcd;
  EtcdBench bench(etcd);
  bench.settings.user = "hubbub";
  bench.settings.password = password;
  Lines lines(ops::log::Level::debug);
  // They are not asked for yet.
  LogReader first(bench);
  REQUIRE(first.begin("begin") == Result::stored);
  first.read();
  first.enter("a");
  CHECK(first.append("two") == Result::stored);
  demand_users(etcd);
  CHECK(first.append("three") == Result::stored);
  LogReader second(bench);
  second.read();
  CHECK(second.entries().size() == 3);
  // Its tokens are in its memory alone.
  etcd.kill(0);
  etcd.start(0);
  first.wait([&] { return first.append("four") == Result::stored; }, "etcd again");
  CHECK(first.append("five") == Result::stored);
  for (auto* const each : {&first, &second}) each->wait_for_position(5);
  CHECK(first.story() == second.story());

  bench.settings.password = "wrong-secret";
  LogReader stranger(bench);
  stranger.open();
  stranger.wait_for_state(State::waiting);
  CHECK_THAT(trouble_of(stranger),
             ContainsSubstring("it refuses user and password") && !ContainsSubstring("wrong-secret"));
  bench.settings.user = "";
  LogReader nobody(bench);
  nobody.open();
  nobody.wait_for_state(State::waiting);
  CHECK_THAT(trouble_of(nobody), ContainsSubstring("it asks for a user: set cluster.user"));
  CHECK(stranger.items().empty());
  CHECK(nobody.items().empty());
  // It lasts.
  stranger.wait([&] { return lines.have("it refuses user and password"); }, "a line");
  CHECK_FALSE(lines.have("wrong-secret"));
  CHECK_FALSE(lines.have("wörd"));
}

TEST_CASE("a node that etcd begins to ask for a user says so, though its lease goes on") {
  if (!test::Etcd::is_here()) return;
  test::Etcd etcd;
  EtcdBench bench(etcd);
  Lines lines(ops::log::Level::info);
  LogReader reader(bench);
  REQUIRE(reader.begin("begin") == Result::stored);
  reader.read();
  reader.enter("a");
  demand_users(etcd);
  CHECK(reader.append("two") == Result::unsent);
  CHECK(lines.have("etcd refuses what is appended"));
  CHECK(lines.have("it asks for a user: set cluster.user and cluster.password_file"));
}

TEST_CASE("with TLS both sides show certificates, and neither takes another's") {
  if (!test::Etcd::is_here()) return;
  const test::TemporaryDirectory directory;
  const test::Authority authority(directory.path(), "Test");
  const test::Authority stranger(directory.path(), "Stranger");
  const auto files = authority.sign(test::own_host());
  const test::Etcd etcd({.tls = test::Etcd::Tls{.files = files, .ca = authority.file()}});
  EtcdBench bench(etcd);
  auto& settings = bench.settings;
  settings.ca_file = authority.file();
  settings.certificate_file = files.certificate;
  settings.key_file = files.key;
  for (auto& engine : settings.engines) engine.is_tls = true;
  LogReader first(bench);
  REQUIRE(first.begin("begin") == Result::stored);
  first.read();
  first.enter("a");
  for (int i = 0; i < 20; ++i) CHECK(first.append(std::string(20'000, 'x')) == Result::stored);
  first.wait_for_position(21);
  first.close();

  const auto refused = [&](const ClusterSettings& with) {
    bench.settings = with;
    LogReader reader(bench);
    reader.open();
    reader.wait_for_state(State::waiting);
    CHECK(reader.items().empty());
    return trouble_of(reader);
  };
  const auto good = settings;
  auto other = good;
  other.ca_file = stranger.file();
  CHECK_THAT(refused(other), ContainsSubstring("its certificate is not accepted"));
  other = good;
  const auto strange = stranger.sign(test::own_host());
  other.certificate_file = strange.certificate;
  other.key_file = strange.key;
  CHECK_FALSE(refused(other).empty());
  other = good;
  other.engines[0].is_tls = false;
  CHECK_FALSE(refused(other).empty());
}

TEST_CASE("a certificate for another host is not accepted") {
  if (!test::Etcd::is_here()) return;
  const test::TemporaryDirectory directory;
  const test::Authority authority(directory.path(), "Test");
  const auto files = authority.sign("etcd.example");
  const test::Etcd etcd({.tls = test::Etcd::Tls{.files = files, .ca = authority.file()}});
  EtcdBench bench(etcd);
  bench.settings.ca_file = authority.file();
  bench.settings.certificate_file = files.certificate;
  bench.settings.key_file = files.key;
  bench.settings.engines[0].is_tls = true;
  LogReader reader(bench);
  reader.open();
  reader.wait_for_state(State::waiting);
  CHECK_THAT(trouble_of(reader), ContainsSubstring("its certificate is not accepted"));
}

TEST_CASE("a file of TLS that cannot be used is named") {
  const test::TemporaryDirectory directory;
  const test::Authority authority(directory.path(), "Test");
  const auto files = authority.sign("localhost");
  const auto nothing = directory.write("nothing.pem", "no certificate").string();
  ClusterSettings settings{.name = "test",
                           .engines = {{.is_tls = true, .host = "localhost"}},
                           .ca_file = authority.file(),
                           .certificate_file = files.certificate,
                           .key_file = files.key};
  boost::asio::io_context loop;
  const auto why = [&](std::string ClusterSettings::*file, const std::string& value) {
    auto with = settings;
    with.*file = value;
    const auto made = EtcdLog::make(loop, with);
    return made ? std::string() : made.error().text;
  };
  CHECK(why(&ClusterSettings::ca_file, settings.ca_file).empty());
  for (const auto file :
       {&ClusterSettings::ca_file, &ClusterSettings::certificate_file, &ClusterSettings::key_file}) {
    CHECK_THAT(why(file, nothing), ContainsSubstring("cannot use " + nothing));
    CHECK_THAT(why(file, "/nowhere"), ContainsSubstring("cannot use /nowhere: No such file"));
  }
  CHECK_THAT(why(&ClusterSettings::key_file, authority.sign("localhost").key),
             ContainsSubstring("private key"));
}

}  // namespace hubbub::journal::shared
