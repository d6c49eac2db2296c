# Completion of hubbub's command line for bash: commands, options, the aliases of config.toml, and rooms, as far as
# the server tells them within a second.
# Found by bash-completion in share/bash-completion/completions; or source it from ~/.bashrc.

_hubbub_aliases() {
  local file=${XDG_CONFIG_HOME:-$HOME/.config}/hubbub/config.toml
  [[ -r $file ]] && sed -n 's/^[[:space:]]*\[[[:space:]]*servers\.["'\'']\{0,1\}\([^]"'\'']*\)["'\'']\{0,1\}[[:space:]]*\].*/\1/p' "$file"
}

# The rooms of the server (empty: that where none is named), as the program tells them.
_hubbub_rooms() {
  timeout 1 "$1" rooms ${2:+--server "$2"} 2>/dev/null </dev/null | cut -f 1
}

# Those of the lines of $1 that go on from $2, quoted for the shell. The server chooses what its rooms are called, and
# compgen -W would carry out a room by the name of $(command): here no name is expanded, neither now nor when the line
# is run.
_hubbub_reply() {
  local line quoted
  COMPREPLY=()
  while IFS= read -r line; do
    printf -v quoted %q "$line"
    [[ -n $line && ($line == "$2"* || $quoted == "$2"*) ]] && COMPREPLY+=("$quoted")
  done <<<"$1"
}

_hubbub() {
  # Not COMP_WORDS: there bash has cut addresses at their colons.
  local line=${COMP_LINE:0:COMP_POINT} words cur=
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] || { cur=${words[-1]} && unset 'words[-1]'; }
  local command= server= operands=0 pending= word
  COMPREPLY=()

  # What stands before the word at the cursor: the command, the server, how many operands, and an option that waits
  # for its value.
  for word in "${words[@]:1}"; do
    if [[ -n $pending ]]; then
      [[ $pending == server ]] && server=$word
      pending=
      continue
    fi
    case $word in
      -s | --server) pending=server ;;
      --server=*) server=${word#*=} ;;
      -r | --room) pending=room ;;
      --ca) pending=path ;;
      --say | -n | --lines | --since | --fingerprint | --token-fd | --password-fd | --invite-fd) pending=text ;;
      -*) ;;
      say | tail | who | rooms | login | logout)
        if [[ -z $command ]] && ((operands == 0)); then command=$word; else ((++operands)); fi
        ;;
      *) ((++operands)) ;;
    esac
  done
  case $cur in
    --server=*) pending=server cur=${cur#*=} ;;
    --room=*) pending=room cur=${cur#*=} ;;
    --ca=*) pending=path cur=${cur#*=} ;;
  esac

  case $pending in
    server) _hubbub_reply "$(_hubbub_aliases)" "$cur" ;;
    room) _hubbub_reply "$(_hubbub_rooms "${words[0]}" "$server")" "$cur" ;;
    path)
      compopt -o filenames 2>/dev/null # quotes them, and goes on behind a directory
      mapfile -t COMPREPLY < <(compgen -f -- "$cur")
      ;;
    text) ;;
    *)
      if [[ $cur == -* ]]; then
        _hubbub_options "$command" "$cur"
      elif ((operands == 0)) && [[ -z $command ]]; then
        _hubbub_reply $'say\ntail\nwho\nrooms\nlogin\nlogout\n'"$(_hubbub_aliases)" "$cur"
      elif ((operands == 0)) && [[ $command == log* ]]; then
        _hubbub_reply "$(_hubbub_aliases)" "$cur"
      elif ((operands == 0)) && [[ $command != rooms ]]; then
        _hubbub_reply "$(_hubbub_rooms "${words[0]}" "$server")" "$cur"
      fi
      ;;
  esac
}

_hubbub_options() {
  local options="--server --tls --ca --fingerprint --help"
  case $1 in
    say) options+=" --new --one" ;;
    tail) options+=" --lines --since --follow --no-follow --new --json" ;;
    who | rooms) options+=" --json" ;;
    login) options+=" --register --password-fd --invite-fd" ;;
    logout) options+=" --forget" ;;
    *) options+=" --room --say --new --json --no-color --version" ;;
  esac
  [[ $1 == log* ]] || options+=" --token-fd"
  COMPREPLY=($(compgen -W "$options" -- "$2"))
}

complete -F _hubbub hubbub
