#include "protocol/suggestion.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "protocol/spelling.hpp"

namespace hubbub::protocol::suggestion {
namespace {

// --- what people are used to from elsewhere

constexpr std::string_view of_the_client =
    "that is for the terminal client, hubbub; /help lists what there is here";

constexpr std::array table = {
    Habit{"whois whowas wi wii ison finger userhost userinfo profile",
          "/who lists who is there, and no more than the name is told of anybody"},
    Habit{"users people members online channels-users n", "/who [ROOM] lists who is in a room"},
    Habit{"channels channel chans chan", "/rooms lists the rooms, /join ROOM enters one"},
    Habit{"create new open enter go-to switch", "/join ROOM enters a room, and makes it where there is none"},
    Habit{"notice tell whisper w m q pm dm privmsg wmsg message",
          "/msg NAME TEXT says something to one person alone",
          "/msg NAME TEXT says something to one person alone, /query NAME opens a private view"},
    Habit{"r re respond", "/msg NAME TEXT answers one person",
          "/reply TEXT answers who wrote to you in private before you began to type"},
    Habit{"say", "what does not begin with a slash is said"},
    Habit{"describe action emote ame", "/me TEXT tells the room what you do"},
    Habit{"amsg wall", "each room is told by itself; /announce TEXT is for those who run the server"},
    Habit{"quote raw", "programs speak JSON on the same port; //TEXT says a line that begins with a slash"},
    Habit{"away afk back brb status dnd busy active", "nobody is marked as away here, yet"},
    Habit{"kickban kb tempban softban", "/ban NAME puts somebody out of the room and keeps them out"},
    Habit{"unkb pardon", "/unban N ends what /bans has listed as N"},
    Habit{"quiet gag", "/silence NAME lets somebody read and not speak"},
    Habit{"halfop hop dehop mod unmod moderator promote demote admin-op",
          "/role NAME ROLE makes somebody owner, moderator or voice of the room, or none"},
    Habit{"owner founder transfer",
          "/claim makes the room yours if it has no owner, /role NAME owner hands it over"},
    Habit{"mode cmode umode chanmode modes settings slowmode slow lock unlock key",
          "/room shows the rules of the room, /room RULE VALUE changes one, as in /room slow_mode 30s"},
    Habit{"knock", "who is in the room lets you in, with /invite NAME"},
    Habit{"accept", "/redeem TOKEN takes an invitation that is a token, /join ROOM enters a room"},
    Habit{"cycle rejoin", "/leave and /join ROOM do that"},
    Habit{"wc unquery unjoin", "/leave leaves a room",
          "/query alone closes a private view, /leave leaves a room"},
    Habit{"signoff bye die", "/quit leaves"},
    Habit{"server connect reconnect network",
          "a connection is to one server; begin another one for another server",
          "a connection is to one server, and comes back by itself; `hubbub SERVER` begins another one"},
    Habit{"ns nickserv cs chanserv ms memoserv auth pass",
          "/register PASSWORD makes your name an account, /login NAME PASSWORD logs in",
          "/register makes your name an account, /login NAME logs in; both ask for the password"},
    Habit{"rename setname username realname user", "/name NEW changes your name"},
    Habit{"t purpose subject", "/topic shows what the room is about, /topic TEXT changes it"},
    Habit{"lastlog grep find", "/search WORDS looks for words in what was said here"},
    Habit{"scrollback backlog log logs last recent", "/history N shows the last messages of the room again"},
    Habit{"window win buffer screen layout split", "/join ROOM turns to another of your rooms",
          "/go ROOM and Alt-1 to Alt-9 turn to another of your rooms"},
    Habit{"hilight highlight notify dehilight",
          "words are marked by the terminal client, hubbub, and not here",
          "/set highlight WORDS marks words; you are always told when your name is said"},
    Habit{"block unblock squelch unsquelch",
          "people are ignored by the terminal client, hubbub, and not here",
          "/ignore NAME hears nothing of somebody, /unignore NAME ends that"},
    Habit{"cls", of_the_client, "/clear empties the screen"},
    Habit{"go reply ignore unignore set clear", of_the_client},
    Habit{"ping ctcp lag", "what you say is shown to you once the server has it",
          "the connection is looked after by itself, and the prompt tells when the server is slow"},
    Habit{"version ver about", "`hubbub --version` tells that of the client"},
    Habit{"time date", "what was said earlier has its time before it",
          "messages have their times before them"},
    Habit{"motd", "the message of the day is told to those who come in"},
    Habit{"rules", "/room shows the rules of the room"},
    Habit{"lusers stats info links map admin", "/rooms tells how many people are where"},
    Habit{"oper sudo rehash restart", "that is done where the server runs"},
    Habit{"wallops", "/announce TEXT tells everybody on the server"},
    Habit{"kline gline zline shun", "/ban -a NAME keeps somebody off the whole server, if you run it"},
    Habit{"s correct amend", "/edit TEXT puts TEXT in the place of what you said last"},
    Habit{"rm redact undo purge prune", "/delete takes back what you said last"},
    Habit{"flag complain abuse spam", "/report WHY tells the moderators of what was said last"},
    Habit{"auditlog modlog", "/audit lists who has used which right in the room"},
    Habit{"thread react pin star", "what has been said stays in one order, and has no marks"},
    Habit{"dcc upload file attach", "files are not passed on"},
    Habit{"exec run shell script load unload alias unalias bind plugin remind poll bot",
          "scripts use `hubbub say` and `hubbub tail`"},
    Habit{"shrug tableflip unflip lenny giphy gif tts spoiler slap", "type it as you would have it"},
    Habit{"commands man usage keys ? h", "/help lists the commands"},
};

// --- what was mistyped

bool holds(std::string_view words, std::string_view wanted) {
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    if (words.substr(0, end) == wanted) return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

/// The only candidate that begins with the typed text; nullptr: there is none or more than one, or it
/// is_heard.
const Candidate* only_one_beginning(std::string_view typed, std::span<const Candidate> candidates) {
  constexpr std::size_t shortest = 2;
  const auto begins = [&](const Candidate& candidate) { return candidate.name.starts_with(typed); };
  if (typed.size() < shortest || std::count_if(candidates.begin(), candidates.end(), begins) != 1)
    return nullptr;
  const auto only = std::find_if(candidates.begin(), candidates.end(), begins);
  return only->is_heard ? nullptr : &*only;
}

}  // namespace

const Candidate* nearest(std::string_view typed, std::span<const Candidate> candidates) {
  if (const auto* const only = only_one_beginning(typed, candidates)) return only;
  constexpr std::size_t shortest = 3;  // fewer letters match too many names
  constexpr std::size_t longest = 32;
  constexpr std::size_t short_name = 4;
  if (typed.size() < shortest || typed.size() > longest) return nullptr;
  const Candidate* best = nullptr;
  std::size_t fewest = typed.size() <= short_name ? 2 : 3;
  for (const Candidate& candidate : candidates) {
    const std::string_view name = candidate.name;
    if (name.size() + 1 < shortest) continue;
    if (candidate.is_heard && !std::is_permutation(typed.begin(), typed.end(), name.begin(), name.end()))
      continue;
    const std::size_t letters = edit_distance(typed, name, 1);
    if (letters < fewest) best = &candidate;
    fewest = std::min(fewest, letters);
  }
  return best;
}

std::span<const Habit> habits() { return table; }

std::optional<std::string_view> habit(std::string_view name, FrontEnd where) {
  const auto* const found =
      std::ranges::find_if(table, [&](const Habit& each) { return holds(each.words, name); });
  if (name.empty() || found == table.end()) return std::nullopt;
  return found->answer_in(where);
}

}  // namespace hubbub::protocol::suggestion
