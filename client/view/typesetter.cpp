#include "client/view/typesetter.hpp"

#include <algorithm>
#include <variant>

#include "client/view/line.hpp"
#include "client/view/phrases.hpp"
#include "client/view/text_width.hpp"
#include "protocol/sentences.hpp"
#include "protocol/text.hpp"

namespace hubbub::client {

using protocol::Timestamp;
namespace event = protocol::event;

namespace {

std::string safe(std::string_view text) { return tamed(protocol::for_terminal(text, "\n")); }

/// Whether the item counts for dates: headings and similar lines do not, and hits of a search carry their own
/// dates.
bool has_day(const Item& item) {
  return !std::holds_alternative<Hit>(item.what) && !std::holds_alternative<Heading>(item.what) &&
         !std::holds_alternative<UnreadLine>(item.what) && !std::holds_alternative<Past>(item.what);
}

/// What is told in words, on the screen: names have their colours, unless the whole line has one.
class ScreenWording final : public protocol::Wording {
 public:
  explicit ScreenWording(Palette palette) : palette_(palette) {}

  std::string name(std::string_view person) const override { return palette_.name(one_line(person)); }
  std::string text(std::string_view written) const override { return one_line(written); }
  std::string at_length(std::string_view written) const override { return safe(written); }
  std::string moment(Timestamp time) const override { return iso_day(time) + ' ' + this->time_of_day(time); }
  std::string time_of_day(Timestamp time) const override { return client::time_of_day(time, false); }

 private:
  Palette palette_;
};

/// One item in words.
struct Wordsmith {
  const Line& line;
  const Palette& palette;
  const Glyphs& glyphs;
  Timestamp time;
  Phrases phrases{palette};
  ScreenWording wording{palette};
  ScreenWording plain_wording{Palette(Palette::Depth::none)};
  Phrases plain{Palette(Palette::Depth::none)};

  std::string told(std::string_view text) const {
    return line.signed_with(time, glyphs.notice, Style::faint, tamed(text));
  }
  std::string told_faintly(std::string_view text) const { return told(palette.faint(text)); }

  /// The text with its mentions in a style.
  std::string marked(const Said& said, Style style) const {
    if (said.message->is_deleted()) return palette.faint("(deleted)");
    const std::string_view text = said.message->text;
    std::string result;
    std::size_t at = 0;
    for (const Span& span : said.mentions) {
      result += safe(text.substr(at, span.begin - at));
      result += palette.dressed(style, safe(text.substr(span.begin, span.end - span.begin)));
      at = span.end;
    }
    result += safe(text.substr(at));
    return said.message->change ? result + ' ' + palette.faint("(edited)") : result;
  }

  std::string author(const Said& said, const std::string& shown) const {
    const std::string as = line.cut_name(shown);
    if (said.own) return palette.dressed(Style::own, as);
    return said.mentions.empty() ? palette.name(shown, as) : palette.dressed(Style::mention, as);
  }

  std::string operator()(const Said& said) const {
    if (said.is_private()) return whisper(said);
    const std::string shown = one_line(said.message->from);
    const bool mentioned = !said.mentions.empty();
    const std::string bar =
        mentioned ? palette.dressed(Style::room, glyphs.mention_bar) : palette.faint(glyphs.bar);
    const std::string text = marked(said, Style::mention);
    if (!said.message->is_action()) return line.named(time, author(said, shown), bar, text);
    const std::string at_length = said.own ? palette.dressed(Style::own, shown) : palette.name(shown);
    return line.signed_with(time, "*", mentioned ? Style::mention : Style::plain, at_length + ' ' + text,
                            bar);
  }

  std::string whisper(const Said& said) const {
    const std::string other = one_line(said.own ? said.message->to : said.message->from);
    const std::string from = said.own ? "you" : other;
    const std::string to = said.own ? other : "you";
    const std::string head = '[' + from + ' ' + std::string(glyphs.arrow) + ' ' + to + ']';
    return line.headed(line.stamp(time) + palette.dressed(Style::whisper, head),
                       palette.dressed(Style::whisper, glyphs.bar), marked(said, Style::mention));
  }

  static std::string where(const Said& said) {
    return said.is_private() ? "to " + one_line(said.message->to) : one_line(said.message->room);
  }

  std::string operator()(const Hit& hit) const {
    const protocol::Message& message = *hit.said.message;
    const std::string shown = one_line(message.from);
    const std::string bar = palette.faint(glyphs.bar);
    const std::string number = '[' + std::to_string(hit.number) + "] ";
    const std::string head = palette.faint(number + iso_day(time) + ' ' + time_of_day(time, false)) + ' ' +
                             palette.dressed(Style::room, where(hit.said)) + ' ' +
                             (message.is_action() ? "* " : "") + palette.name(shown) + ' ' + bar;
    return line.headed(head, bar, marked(hit.said, Style::found));
  }

  std::string operator()(const Moves& moves) const { return told_faintly(plain.moves(moves)); }

  std::string operator()(const Fact& fact) const {
    return std::visit(
        [&]<class Body>(const Body& body) {
          if constexpr (requires(const protocol::Sentences& sentences) { sentences(body); }) {
            return this->in_words(body, fact);
          } else {
            return this->fact(body, fact.own);
          }
        },
        fact.event.body);
  }

  /// What is told in the same words elsewhere.
  template <class Body>
  std::string in_words(const Body& body, const Fact& fact) const {
    const bool urgent = is_urgent(body);
    protocol::Sentences sentences(urgent ? plain_wording : wording, fact.reader);
    sentences.number_from(fact.listed);
    protocol::Sentences::Lines lines;
    if constexpr (requires { sentences(body, fact.meant); }) {
      lines = sentences(body, fact.meant);
    } else {
      lines = sentences(body);
    }
    std::string text;
    for (const std::string& sentence : lines)
      text += told(urgent ? palette.dressed(Style::unread, sentence) : sentence);
    return text;
  }
  static bool is_urgent(const event::Announcement&) { return true; }
  static bool is_urgent(const event::Lockdown&) { return true; }
  static bool is_urgent(const event::Report&) { return true; }
  static bool is_urgent(const auto&) { return false; }

  std::string fact(const event::Welcome& welcome, bool) const {
    std::string text = "you are " + welcome.name + " on " + welcome.server;
    if (!welcome.motd.empty()) text += '\n' + welcome.motd;
    return told_faintly(safe(text)) +
           told_faintly("/help shows the commands; Ctrl-D leaves, and so does Ctrl-C on an empty line");
  }
  std::string fact(const event::Joined& joined, bool) const {
    std::string text = told(phrases.entered(joined));
    if (!joined.topic.empty()) text += told(phrases.topic_of(joined.room, joined.topic));
    const protocol::Sentences sentences(wording);
    if (const std::string rules = sentences.rules(joined.rules, false); !rules.empty())
      text += told("rules of " + one_line(joined.room) + ": " + rules);
    if (const std::string role = sentences.role_in(joined.role, joined.room); !role.empty())
      text += told("you are " + role);
    if (joined.muted) text += told(sentences.mute(*joined.muted));
    return text;
  }
  std::string fact(const event::Left& left, bool) const { return told_faintly(plain.left(left.room)); }
  std::string fact(const event::Renamed& renamed, bool own) const {
    return told_faintly(plain.renamed(renamed, own));
  }
  std::string fact(const event::Topic& topic, bool) const { return told(phrases.topic(topic)); }
  std::string fact(const event::Members& members, bool) const { return told(phrases.members(members)); }
  std::string fact(const event::Registered& registered, bool) const {
    return told(safe("the name " + registered.name + " is yours from now on"));
  }
  std::string fact(const event::LoggedIn& logged_in, bool) const {
    return told(safe("you are logged in, and now known as " + logged_in.name));
  }
  std::string fact(const event::LoggedOut& logged_out, bool) const {
    return told(safe("you are logged out, and now known as " + logged_out.name));
  }
  std::string fact(const event::Done&, bool) const { return told("done"); }
  std::string fact(const event::Devices& list, bool) const {
    if (list.devices.empty()) return told("no device has a token of your account");
    std::string text;
    std::size_t number = 0;
    for (const event::DeviceInfo& device : list.devices) {
      text += told(safe("device " + std::to_string(++number) + ": " +
                        (device.label.empty() ? "no label" : one_line(device.label)) + ", since " +
                        iso_day(device.created) + ", used " + iso_day(device.used) +
                        (device.scopes.empty() ? "" : ", for " + one_line(device.scopes)) +
                        (device.here ? ", this one" : "")));
    }
    return text;
  }
  std::string fact(const event::Conversations& list, bool) const {
    if (list.conversations.empty()) return told("no private messages of yours are kept");
    std::string text;
    for (const event::Conversation& each : list.conversations)
      text += told((each.unread > 0 ? phrases : plain).conversation(each));
    return text;
  }
  std::string fact(const event::NameClaimed& claimed, bool) const {
    return told(safe("the name " + claimed.name + " belongs to an account now; at " +
                     time_of_day(claimed.until, false) +
                     " you get another, unless you log in or take one with /name NEW"));
  }
  std::string fact(const event::Failure& failure, bool) const {
    const std::string text = tamed(plain.error(failure.error));
    return line.signed_with(time, "!", Style::warning, palette.warning(text));
  }
  static std::string fact(const auto&, bool) { return {}; }

  std::string operator()(const RoomList& list) const {
    if (list.rooms.empty()) return told_faintly("there are no rooms");
    std::string text;
    for (const RoomRow& row : list.rooms) text += room(row);
    return list.more ? text + told_faintly("and others") : text;
  }

  std::string room(const RoomRow& row) const {
    const bool is_mine = row.number > 0;
    std::string text = palette.dressed(is_mine ? Style::room : Style::plain, one_line(row.name));
    if (row.mentions > 0)
      text += ", " + palette.dressed(Style::mention, std::to_string(row.mentions) + " for you");
    if (row.unread > row.mentions)
      text += ", " + palette.dressed(Style::unread, std::to_string(row.unread - row.mentions) + " new");
    if (row.muted) text += palette.faint(" muted");
    if (row.current) text += palette.faint(" (here)");
    text += ", " + (row.is_private ? "a private view" : Phrases::people(row.people));
    if (!row.topic.empty()) text += ": " + one_line(row.topic);
    const std::string sign = is_mine ? std::to_string(row.number) : std::string(glyphs.notice);
    return line.signed_with(time, sign, row.current ? Style::room : Style::faint, text);
  }

  std::string operator()(const Heading& heading) const {
    std::string text = one_line(heading.room);
    if (!heading.topic.empty())
      text.append(" ").append(glyphs.dot).append(" ").append(one_line(heading.topic));
    constexpr std::size_t rules_and_blanks = 6;
    const std::size_t columns = line.measures().columns;
    if (columns > rules_and_blanks) text = cut(text, columns - rules_and_blanks, glyphs.ellipsis);
    return line.separator(text, 2, Style::room);
  }

  std::string operator()(const TopicIs& topic) const {
    return told(phrases.topic_of(topic.room, topic.topic));
  }

  std::string operator()(const Past& past) const {
    return line.separator(past.over ? "now" : "earlier in " + one_line(past.room), 4, Style::faint);
  }

  std::string operator()(const UnreadLine& unread) const {
    const std::string words = unread.unread > 0 ? std::to_string(unread.unread) + " unread" : "unread";
    std::string text = line.separator(words + Phrases::mentioning(unread.mentions), 4, Style::unread);
    if (unread.not_held > 0) {
      const bool all = unread.said <= most_past;
      text += told_faintly("the oldest " + std::to_string(unread.not_held) + " are not here: /history " +
                           std::to_string(std::min(unread.said, most_past)) +
                           (all ? " shows all" : " shows more of them"));
    }
    return text;
  }

  std::string operator()(const Missed& missed) const {
    return told(palette.dressed(Style::unread, plain.missed(missed)));
  }

  std::string operator()(const Mail& mail) const {
    return told(palette.dressed(Style::unread, plain.mail(mail)));
  }

  std::string operator()(const Notice& notice) const { return told_faintly(safe(notice.text)); }
};

}  // namespace

Typesetter::Typesetter(Palette palette, Look look, const Glyphs& glyphs)
    : palette_(palette), look_(look), glyphs_(&glyphs) {}

void Typesetter::dress(Palette palette, Look look) {
  palette_ = palette;
  look_ = look;
}

std::vector<std::string> Typesetter::each(const std::vector<Item>& items, std::size_t columns,
                                          Timestamp now) {
  for (const Item& item : items) make_room_for(item);
  std::vector<std::string> texts;
  texts.reserve(items.size());
  for (const Item& item : items) texts.emplace_back(set(item, columns, now));
  return texts;
}

std::string Typesetter::lines(const Item& item, std::size_t columns, Timestamp now) {
  make_room_for(item);
  return set(item, columns, now);
}

void Typesetter::make_room_for(const Item& item) {
  const auto* said = std::get_if<Said>(&item.what);
  if (said == nullptr || said->is_private() || said->message->is_action() || name_columns_ == widest_name)
    return;
  name_columns_ = std::clamp(width(one_line(said->message->from)), name_columns_, widest_name);
}

std::string Typesetter::set(const Item& item, std::size_t columns, Timestamp now) {
  constexpr std::size_t names_share = 5;  // a fifth of the columns
  constexpr std::size_t least = 10;
  Line::Measures measures;
  measures.columns = std::max(columns, least + 1) - 1;
  measures.name_columns = std::min(name_columns_, columns / names_share);
  measures.narrow = columns < narrow;
  const Line line(palette_, look_, *glyphs_, measures);
  const std::string text = std::visit(Wordsmith{line, palette_, *glyphs_, item.time}, item.what);
  return text.empty() ? text : day_line(item, line, now) + text;
}

std::string Typesetter::day_line(const Item& item, const Line& line, Timestamp now) {
  if (!has_day(item)) return {};
  std::string day = iso_day(item.time);
  const bool same = day == (day_.empty() ? iso_day(now) : day_);
  day_ = std::move(day);
  if (same) return {};
  if (look_.date == Look::Date::iso) return line.separator(day_, 2, Style::faint);
  const std::string words = day_in_words(item.time);
  const bool fits = width(words) + 4 <= line.measures().columns;
  return line.separator(fits ? words : short_day(item.time), 2, Style::faint);
}

}  // namespace hubbub::client
