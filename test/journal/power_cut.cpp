// What a power cut may take from the journal on disk: nothing that anybody has seen with sync = "full", the
// newest with "normal", and with neither of them the whole.
#include "test/journal/story.hpp"
#include "test/support/catch.hpp"

namespace hubbub::journal {
namespace {

Settings on_disk(Sync sync) {
  Settings settings;
  settings.engine = "sqlite";
  settings.sync = sync;
  return settings;
}

#ifdef HUBBUB_SANITIZE
constexpr std::size_t cuts = 60;
#else
constexpr std::size_t cuts = 300;
#endif

}  // namespace

TEST_CASE("a power cut takes nothing that anybody has seen") {
  Story story(on_disk(Sync::full));
  story.live(150);
  story.live(500);
  story.cut(cuts);
  CHECK(story.cuts_that_lost() == 0);
}

TEST_CASE("nor does it while retention drops what is old") {
  auto settings = on_disk(Sync::full);
  settings.keep_messages = 40;
  Story story(settings);
  story.live(100);
  story.live(150);
  story.cut(cuts / 2);
  CHECK(story.cuts_that_lost() == 0);
}

TEST_CASE("without a sync for each commit, a power cut takes the newest, and no number comes again") {
  Story story(on_disk(Sync::normal));
  story.live(100);
  story.live(200);
  story.cut(cuts / 2);
  CHECK(story.cuts_that_lost() > 0);
}

}  // namespace hubbub::journal
