#!/usr/bin/env bash
# A bot that answers !ping, with nothing but bash. To be copied as a start:
#   bash bot.sh [HOST [PORT]]
# It looks for patterns, and may: a line of the server begins with its type and has no blanks between its parts, and within a
# text every " has a \ before it.
exec {wire}<>"/dev/tcp/${1-127.0.0.1}/${2-7717}" || exit

send() { printf '%s\n' "$1" >&"$wire"; }
field() { [[ $line =~ \"$1\":\"([^\"]*)\" ]] && value=${BASH_REMATCH[1]}; } # a name, which needs no escapes

send '{"type":"hello","version":1,"name":"pingbot","client":"bot.sh/1"}'
while IFS= read -r line <&"$wire"; do
  case $line in
    '{"type":"welcome",'*) # replay: earlier messages are not for this run
      field default_room && send '{"type":"join","room":"'"$value"'","replay":0}' ;;
    '{"type":"message",'*'"text":"!ping"'*) # a private one has no room
      field from && from=$value
      field room && send '{"type":"say","room":"'"$value"'","text":"pong, '"$from"'"}' ;;
    '{"type":"ping"'*) send '{"type":"pong"}' ;; # the server asks whether anybody is there
    '{"type":"error",'* | '{"type":"bye",'*) printf 'bot: %s\n' "$line" >&2 ;;
  esac
done
exit 1 # the server has closed the connection
