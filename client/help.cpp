#include <array>

#include "client/options.hpp"

namespace hubbub::client {
namespace {

struct Page {
  std::string_view before;
  std::string_view after;
};

constexpr Page talk_page{
    R"(Usage: hubbub [OPTIONS] [SERVER]
       hubbub COMMAND [OPTIONS] …

Talks to a Hubbub server. On a terminal one types, and /help shows what there is
to type; in a pipe each line of the input is said, and what others say is
printed.

SERVER is [NAME@]HOST[:PORT] (port 7717 unless given), [NAME@]unix:/PATH or
[NAME@]ALIAS, an alias being one of config.toml; tls://HOST:PORT is with TLS and
tcp://HOST:PORT without it. Where neither is said, TLS is for other machines than
this one, where they offer it. Several servers of one chat stand side by side, as
HOST,HOST: when one is lost, the next is gone to. Where no SERVER is given, it is
the one in $HUBBUB_SERVER, or else default_server of config.toml, or else
127.0.0.1:7717. That file is in hubbub/ in $XDG_CONFIG_HOME or in ~/.config.

You go by NAME; without it by that of the alias, or else by $USER. A NAME that
was typed is the only one that will do; any other makes way when it is taken, as
to alice-2.

Commands; hubbub COMMAND --help says more:
  say ROOM [TEXT…]   say TEXT, or each line of the input
  tail ROOM          print what was said last and what is being said
  who [ROOM]         list who is there
  rooms              list the rooms
  login [SERVER]     log this device in to an account, or register one
  logout [SERVER]    log it out
A host that is called like a command (or help) is reached with its port, as in
say:7717, or with --server.

)",
    {}};

constexpr Page say_page{
    R"(Usage: hubbub say [OPTIONS] ROOM [TEXT…]

Says TEXT in ROOM, its words joined by blanks, and waits until it has come back.
Without TEXT, or with - for it, each line of the input is a message, as fast as
the server allows. Everything after the first word of TEXT belongs to it; put --
before a TEXT that begins with a dash. Options go before ROOM: one that is said is
told of.

A name that was typed (--server NAME@HOST) is the only one that will do. Any
other, as that of the alias or $USER, makes way when it is taken, as to alice-2,
which is told. A ROOM that is new may be a slip: you are warned, unless with
--new.

)",
    R"(
Examples:
  hubbub say ops build 41 is green
  hubbub say ops -- "$message"
  make 2>&1 | hubbub say ops
  git show --stat | hubbub say dev --one
)"};

constexpr Page tail_page{
    R"(Usage: hubbub tail [OPTIONS] ROOM

Prints the last messages of ROOM and those that follow, each once, one a line:
time, name, text. A line feed in a text is printed as \n. It goes on when the
connection has broken and is back, and ends when nobody reads what it prints.
A ROOM that is new may be a slip: you are warned, unless with --new, and it goes
on.

To go on in a later run, remember the last "seq" and give it to --since. The
name that the others see is alice-tail, for alice.

)",
    R"(
Examples:
  hubbub tail dev | grep --line-buffered release
  hubbub tail dev --no-follow -n 100
  hubbub tail dev --json | jq --unbuffered -r .text
  hubbub tail dev --json --since 1795229126757003
)"};

constexpr Page who_page{
    R"(Usage: hubbub who [OPTIONS] [ROOM]

Prints who is in ROOM, or on the server, one name a line.

)",
    R"(
Examples:
  hubbub who dev | wc -l
  hubbub who dev --json | jq .count
)"};

constexpr Page rooms_page{
    R"(Usage: hubbub rooms [OPTIONS]

Prints the rooms, one a line: its name, how many people are in it and its topic,
separated by tabs.

)",
    R"(
Examples:
  hubbub rooms | sort -k 2,2nr
  hubbub rooms --json | jq -r 'select(.count > 1).room'
)"};

constexpr Page login_page{
    R"(Usage: hubbub login [OPTIONS] [[NAME@]SERVER]

Logs this device in to the account NAME, and keeps a token for it, by which
hubbub SERVER comes in by itself from then on. The password is asked for on the
terminal and not shown; a script hands it over by a descriptor, never as an
argument. Without NAME the account is asked for, too. With --register a new
account is made.

)",
    R"(
Examples:
  hubbub login alice@chat.example
  hubbub login --register alice@chat.example
  pass show chat | hubbub login --password-fd 0 alice@chat.example
)"};

constexpr Page logout_page{
    R"(Usage: hubbub logout [OPTIONS] [SERVER]

Has the server accept the token of this device no more, and forgets it here.
Where the server cannot be reached it is kept, unless with --forget. Where there
is none, there is nothing to do.

)",
    {}};

constexpr std::string_view exit_status = R"(
Exit status: 0 done, 1 could not connect, was closed for good or was refused,
2 wrong usage.
)";

/// In the order of Mode.
constexpr std::array pages{talk_page, say_page, tail_page, who_page, rooms_page, login_page, logout_page};

}  // namespace

std::string help(Mode mode, std::string_view options) {
  const Page& page = pages.at(static_cast<std::size_t>(mode));
  return std::string(page.before).append(options).append(page.after).append(exit_status);
}

}  // namespace hubbub::client
