// Earlier messages: /history, /search and /around.
#include <algorithm>
#include <ranges>
#include <utility>

#include "client/terminal/terminal.hpp"
#include "protocol/slash.hpp"
#include "protocol/text.hpp"

namespace hubbub::client::terminal {

using protocol::Code;
using protocol::now;
namespace event = protocol::event;
namespace request = protocol::request;

namespace {

/// Messages before a hit, and after it.
constexpr std::uint64_t around = 8;

}  // namespace

/// Remembers a search by its `ref`, so that its answer is not taken for another history. When a search is
/// continued, its hits get the next numbers.
void Terminal::note_search(const request::History& asked, const std::string& ref) {
  if (!asked.before) found_.clear();
  found_hidden_ = false;
  searched_ = asked;
  search_ref_ = ref;
  search_on_.reset();
}

/// The search will not be answered.
void Terminal::forget_search() {
  searched_.reset();
  search_ref_.clear();
}

/// Whether the event is the answer to the last search, which it then shows.
bool Terminal::shows_search(const protocol::Event& event) {
  if (event.ref.empty() || event.ref != search_ref_) return false;
  const auto* history = std::get_if<event::History>(&event.body);
  if (history == nullptr) {  // refused
    forget_search();
    return false;
  }
  search_ref_.clear();
  search_on_ = protocol::slash::older_hits(*searched_, *history);
  std::vector<Item> items = model_.hits(*history, *searched_, found_.size() + 1);
  for (const Item& item : std::views::reverse(items)) found_.push_back(std::get<Hit>(item.what).said.message);
  const bool any = !items.empty();
  screen_->show(std::move(items));
  const auto hidden = std::count_if(history->messages.begin(), history->messages.end(),
                                    [this](const auto& message) { return model_.ignores(message->from); });
  found_hidden_ = hidden > 0;
  const std::string place = history->with.empty() ? history->room : view_name(history->with);
  const std::string where = place.empty() ? "your rooms" : protocol::for_terminal(place);
  std::string sum = history->messages.empty()
                        ? "nothing was found in " + where
                        : protocol::slash::tally(*searched_, *history, static_cast<std::size_t>(hidden));
  if (search_on_) sum += "; /search shows older ones";
  if (any) sum += "; /around N shows what was said around one";
  notice(std::move(sum));
  return true;
}

/// Whether the event is a page for /history; shows the messages when the last page has come.
bool Terminal::looks_back(const protocol::Event& event) {
  const auto found = event.ref.empty() ? looking_back_.end() : looking_back_.find(event.ref);
  if (found == looking_back_.end()) return false;
  LookBack look = std::move(found->second);
  looking_back_.erase(found);
  const auto* page = std::get_if<event::History>(&event.body);
  if (page == nullptr) return false;  // refused
  if (!look.add(*page)) {
    std::string ref = next_ref();
    looking_back_.emplace(ref, look);
    if (connection_->send({look.next(), ref})) return true;
    looking_back_.erase(ref);
  }
  screen_->show_all(model_.take({look.take(), {}}, false, now()).items);
  return true;
}

std::string Terminal::why_no_hits() const {
  if (!searched_) return "nothing has been searched for; /search WORDS gives its hits numbers";
  if (!search_ref_.empty())
    return "the search has not been answered yet; its hits get their numbers with that";
  if (!found_hidden_) return "the last search has shown nothing; /search WORDS looks for something else";
  return "all that the last search has found is of people whom you ignore; /ignore alone lists them, and "
         "/unignore NAME hears somebody again";
}

void Terminal::carry_out(const own::Around& command) {
  if (found_.empty()) return refuse({Code::bad_request, why_no_hits()});
  if (command.hit > found_.size()) {
    return refuse({Code::bad_request,
                   "there is no hit with that number; there are 1 to " + std::to_string(found_.size())});
  }
  const protocol::Message& hit = *found_[command.hit - 1];
  const std::string room = protocol::for_terminal(hit.room);
  const auto with = hit.room.empty() ? searched_->with : std::nullopt;
  if (!with && model_.find(hit.room) == nullptr) {
    return refuse(
        {Code::not_joined, "you are no longer in " + room + "; /join " + room + " takes you there"});
  }
  around_ = Around{.before = next_ref(),
                   .after = next_ref(),
                   .page = {hit.room, {}, true, {}, with.value_or("")},
                   .refused = false};
  request::History asked{
      .room = hit.room, .before = hit.seq + 1, .after = {}, .limit = around + 1, .search = {}};
  asked.with = with;
  const bool sent = connection_->send({asked, around_->before});
  asked.before.reset();
  asked.after = hit.seq;
  asked.limit = around;
  if (sent && connection_->send({asked, around_->after})) return;
  around_->refused = true;
  notice("too much waits to be sent already");
}

/// Whether the event is one of the two answers for /around; shows the messages when both have come.
bool Terminal::looks_around(const protocol::Event& event) {
  const bool is_before = around_ && !event.ref.empty() && event.ref == around_->before;
  const bool is_after = around_ && !event.ref.empty() && event.ref == around_->after;
  if (!is_before && !is_after) return false;
  const auto* half = std::get_if<event::History>(&event.body);
  const bool told = half == nullptr && !std::exchange(around_->refused, true);
  if (half != nullptr) {
    auto& all = around_->page.messages;
    all.insert(all.end(), half->messages.begin(), half->messages.end());
  }
  if (is_after) {
    const Around whole = *std::exchange(around_, std::nullopt);
    if (!whole.refused) screen_->show_all(model_.take({whole.page, {}}, false, now()).items);
  }
  return !told;
}

}  // namespace hubbub::client::terminal
