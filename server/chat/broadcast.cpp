#include "server/chat/broadcast.hpp"

#include <string>
#include <utility>

#include "server/chat/room.hpp"

namespace hubbub::chat {
namespace {

/// Bytes of a rendered message: its fields and what frames them, without escapes.
std::size_t expected_size(const protocol::Message& message) {
  constexpr std::size_t frame = 120;
  return frame + message.room.size() + message.from.size() + message.text.size() + message.id.size();
}

}  // namespace

void Broadcast::let_in(std::shared_ptr<Participant> participant) {
  participant->index_in(room_) = static_cast<std::uint32_t>(participants_.size());
  participants_.push_back(std::move(participant));
}

void Broadcast::admit(Participant& participant) { swap(participant.index_in(room_), admitted_++); }

void Broadcast::take_out(Participant& participant) {
  std::size_t index = participant.index_in(room_);
  if (index >= participants_.size() || participants_[index].get() != &participant) return;
  if (index < admitted_) {
    swap(index, --admitted_);
    index = admitted_;
  }
  swap(index, participants_.size() - 1);
  participants_.pop_back();
}

void Broadcast::swap(std::size_t a, std::size_t b) {
  participants_[a].swap(participants_[b]);
  participants_[a]->index_in(room_) = static_cast<std::uint32_t>(a);
  participants_[b]->index_in(room_) = static_cast<std::uint32_t>(b);
}

void Broadcast::note(std::uint64_t number) {
  last_ = std::max(last_, number);
  delivered_ = last_;
}

void Broadcast::deliver_to(Participants to, const protocol::Event& event, const Participant* except) const {
  Rendered rendered(event);
  for (const auto& participant : to) {
    if (participant.get() != except) participant->share(rendered.in(participant->format()), &room_);
  }
}

bool Broadcast::gather(Said said) {
  if (!said.repeated) last_ = said.message->seq;
  if (said.sender != nullptr && (said.repeated || said.is_own || !said.ref.empty())) {
    personal_[said.sender].push_back(batch_.size());
  }
  batch_.push_back(std::move(said));
  return batch_.size() == 1;
}

/// A batch in one format: the text that all share, and where each message ends in it.
struct Broadcast::Lines {
  const Format* format;
  Bytes text;
  std::vector<std::size_t> ends;
};

// Lines may wait for slow readers for a long time: `text` should not take much more memory than it is long.
Broadcast::Lines Broadcast::render_batch(const Format& format) const {
  std::string text;
  std::size_t expected = 0;
  for (const auto& said : batch_) expected += expected_size(*said.message);
  text.reserve(expected);
  std::vector<std::size_t> ends;
  ends.reserve(batch_.size());
  for (const auto& said : batch_) {
    if (!said.repeated) format.render(*said.message, {}, text);
    ends.push_back(text.size());
  }
  return {&format, protocol::make_bytes(std::move(text)), std::move(ends)};
}

/// The seq of the message that the journal has stored before that one of the batch.
std::uint64_t Broadcast::seq_before(std::size_t index) const {
  while (index-- > 0) {
    if (!batch_[index].repeated) return batch_[index].message->seq;
  }
  return delivered_;
}

// The lines of the batch in their order, with the sender's own lines in their places: those with its refs,
// and the originals of messages that it has sent again. The stretches between them are shared with the other
// participants.
void Broadcast::deliver_personally(Participant& participant, const Lines& lines, const Own& own) const {
  std::size_t begin = 0;
  const auto share_until = [&](std::size_t end) {
    if (end > begin) participant.share(Slice(lines.text, begin, end), &room_);
  };
  for (const auto i : own) {
    share_until(i == 0 ? 0 : lines.ends[i - 1]);
    const auto& said = batch_[i];
    std::string line;
    lines.format->render(*said.message, said.ref, line);
    const Place place = said.repeated ? Place{.feed = &room_, .seq = seq_before(i)}
                                      : Place{.feed = &room_, .seq = said.message->seq, .instead = true};
    participant.own(protocol::make_bytes(std::move(line)), place);
    begin = lines.ends[i];
  }
  share_until(lines.text->text.size());
}

std::size_t Broadcast::deliver_batch() {
  if (batch_.empty()) return 0;
  std::vector<Lines> formats;
  const auto lines_in = [&](const Format& format) -> const Lines& {
    for (const auto& lines : formats) {
      if (lines.format == &format) return lines;
    }
    return formats.emplace_back(render_batch(format));
  };
  for (const auto& participant : participants_) {
    const auto& lines = lines_in(participant->format());
    const auto own = personal_.empty() ? personal_.end() : personal_.find(participant.get());
    if (own != personal_.end()) {
      deliver_personally(*participant, lines, own->second);
    } else if (!lines.text->text.empty()) {
      participant->share(lines.text, &room_);
    }
  }
  const auto repeated = static_cast<std::size_t>(
      std::count_if(batch_.begin(), batch_.end(), [](const Said& said) { return said.repeated; }));
  const auto deliveries = (batch_.size() - repeated) * participants_.size() + repeated;
  delivered_ = last_;
  batch_.clear();
  personal_.clear();
  return deliveries;
}

}  // namespace hubbub::chat
