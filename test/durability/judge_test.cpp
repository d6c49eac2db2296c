#include "test/durability/judge.hpp"

#include <algorithm>

#include "test/support/catch.hpp"

// The judge finds each kind of fault, and nothing in a server that keeps its promises.
namespace hubbub::durability {
namespace {

Sighting sighting(std::uint64_t seq, const std::string& id, const std::string& sender = "anna") {
  return {.seq = seq, .sender = sender, .id = id, .text = "text of " + id};
}

Said said(const std::string& id, bool acknowledged = true) {
  return {.room = "lobby", .id = id, .text = "text of " + id, .acknowledged = acknowledged};
}

/// Anna said a1 to a4, of which a4 did not come back, and boris b1; carla saw it, and two read it back.
Evidence good() {
  const std::vector<Sighting> all{sighting(11, "a1"), sighting(12, "b1", "boris"), sighting(15, "a2"),
                                  sighting(16, "a3")};
  return {
      .said = {{"anna", {said("a1"), said("a2"), said("a3"), said("a4", false)}}, {"boris", {said("b1")}}},
      .witnesses = {{.name = "carla", .unbroken = true, .seen = {{"lobby", all}}},
                    {.name = "anna", .seen = {{"lobby", {all[0], all[2], all[3]}}}}},
      .read_back = {{.name = "up", .unbroken = true, .seen = {{"lobby", all}}},
                    {.name = "down", .unbroken = true, .seen = {{"lobby", all}}}}};
}

std::vector<Sighting>& seen_by(Witness& witness) { return witness.seen.at("lobby"); }

/// Changes what both who read back were shown.
template <class Change>
Evidence kept_otherwise(Change change) {
  Evidence evidence = good();
  for (auto& reader : evidence.read_back) change(seen_by(reader));
  return evidence;
}

bool finds(const Evidence& evidence, Fault fault) {
  const auto verdicts = judge(evidence);
  for (const auto& verdict : verdicts) UNSCOPED_INFO(name_of(verdict.fault) << ": " << verdict.text);
  return std::ranges::any_of(verdicts, [&](const auto& verdict) { return verdict.fault == fault; });
}

}  // namespace

TEST_CASE("a server that keeps its promises is not faulted") {
  CHECK(judge(good()).empty());
  // What was not acknowledged may have been kept all the same.
  CHECK(judge(kept_otherwise([](auto& kept) { kept.push_back(sighting(17, "a4")); })).empty());
}

TEST_CASE("what was acknowledged and is gone is lost") {
  Evidence evidence = kept_otherwise([](auto& kept) { kept.pop_back(); });
  CHECK(finds(evidence, Fault::lost));
  evidence.witnesses.clear();
  CHECK(finds(evidence, Fault::lost));
}

TEST_CASE("what somebody saw and is gone is lost, though it was never acknowledged") {
  Evidence evidence = good();
  seen_by(evidence.witnesses[0]).push_back(sighting(17, "a4"));
  CHECK(finds(evidence, Fault::lost));
}

TEST_CASE("what is gone for one of those who read back is lost, and they disagree") {
  Evidence evidence = good();
  seen_by(evidence.read_back[1]).pop_back();
  CHECK(finds(evidence, Fault::lost));
  CHECK(finds(evidence, Fault::disagreement));
}

TEST_CASE("what was never acknowledged is a disagreement when only one is shown it") {
  Evidence evidence = good();
  seen_by(evidence.read_back[0]).push_back(sighting(17, "a4"));
  CHECK(finds(evidence, Fault::disagreement));
}

TEST_CASE("what is kept twice is repeated") {
  CHECK(finds(kept_otherwise([](auto& kept) { kept.push_back(sighting(17, "a3")); }), Fault::repeated));
  // Sent again after the fault, and stored again.
  CHECK(finds(kept_otherwise([](auto& kept) {
                kept.push_back(sighting(17, "a4"));
                kept.push_back(sighting(18, "a4"));
              }),
              Fault::repeated));
}

TEST_CASE("what an unbroken witness is shown twice is repeated") {
  Evidence evidence = good();
  seen_by(evidence.witnesses[0]).push_back(sighting(16, "a3"));
  CHECK(finds(evidence, Fault::repeated));
}

TEST_CASE("a sender's own messages in another order are reordered") {
  CHECK(finds(kept_otherwise([](auto& kept) {
                std::swap(kept[2].id, kept[3].id);
                std::swap(kept[2].text, kept[3].text);
              }),
              Fault::reordered));
}

TEST_CASE("a number that does not rise is reordered") {
  CHECK(finds(kept_otherwise([](auto& kept) { std::swap(kept[1], kept[2]); }), Fault::reordered));
}

TEST_CASE("a text, sender or number other than before is a change") {
  CHECK(finds(kept_otherwise([](auto& kept) { kept[1].text += '!'; }), Fault::changed));
  CHECK(finds(kept_otherwise([](auto& kept) { kept[1].seq = 13; }), Fault::changed));
  CHECK(finds(kept_otherwise([](auto& kept) { kept[1].sender = "anna"; }), Fault::invented));
  Evidence evidence = good();
  for (auto& reader : evidence.read_back) reader.seen = {{"den", seen_by(reader)}};
  CHECK(finds(evidence, Fault::changed));
}

TEST_CASE("what nobody said is invented") {
  CHECK(finds(kept_otherwise([](auto& kept) { kept.push_back(sighting(17, "a5")); }), Fault::invented));
}

TEST_CASE("a number that names two messages is reused, also when only one of them was kept") {
  Evidence evidence = good();
  seen_by(evidence.witnesses[0]).back() = sighting(16, "a4");
  CHECK(finds(evidence, Fault::seq_reused));
}

TEST_CASE("what was refused, and not sent again, is not kept") {
  Evidence evidence = good();
  evidence.said["anna"][3].refused = true;
  CHECK(judge(evidence).empty());
  for (auto& reader : evidence.read_back) seen_by(reader).push_back(sighting(17, "a4"));
  CHECK(finds(evidence, Fault::refused_kept));
}

TEST_CASE("what was refused and may have been kept before has no place in the order") {
  Evidence evidence = good();
  auto& said = evidence.said["anna"];
  std::swap(said[1], said[2]);
  CHECK(finds(evidence, Fault::reordered));
  said[1].unordered = true;
  CHECK(judge(evidence).empty());
}

TEST_CASE("a name that two bear by turns is shared, whichever rooms they speak in") {
  Evidence evidence = good();
  auto& said = evidence.said["anna"];
  said[0].tenure = said[1].tenure = "first";
  said[2].tenure = "second";
  CHECK(judge(evidence).empty());
  said[1].tenure = "second";
  said[2].tenure = "first";
  CHECK(finds(evidence, Fault::name_shared));
}

TEST_CASE("what an unbroken witness was not shown is missed") {
  Evidence evidence = good();
  auto& seen = seen_by(evidence.witnesses[0]);
  seen.erase(seen.begin() + 2);
  CHECK(finds(evidence, Fault::missed));
  // Who came late or went early has missed nothing.
  seen = {sighting(12, "b1", "boris"), sighting(15, "a2")};
  CHECK(judge(evidence).empty());
}

}  // namespace hubbub::durability
