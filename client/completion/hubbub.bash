# Completion of hubbub's command line for bash: commands, options, the aliases of config.toml, and rooms, as far as
# the server tells them within a second.
# Found by bash-completion in share/bash-completion/completions; or source it from ~/.bashrc.

_hubbub_aliases() {
  local file=${XDG_CONFIG_HOME:-$HOME/.config}/hubbub/config.toml
  [[ -r $file ]] && sed -n 's/^[[:space:]]*\[[[:space:]]*servers\.["'\'']\{0,1\}\([^]"'\'']*\)["'\'']\{0,1\}[[:space:]]*\].*/\1/p' "$file"
}

# The rooms of the server that is named in the arguments; the program itself is the first of them.
_hubbub_rooms() {
  timeout 1 "$@" 2>/dev/null </dev/null | cut -f 1
}

_hubbub() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
  local program=${COMP_WORDS[0]} command= server= operands=0 at word
  COMPREPLY=()
  # "=" and ":" are words of their own to bash; what follows them is not completed.
  [[ $cur == [=:] || $prev == [=:] ]] && return

  # What stands before the word at the cursor: the command, the server, and how many operands.
  for ((at = 1; at < COMP_CWORD; ++at)); do
    word=${COMP_WORDS[at]}
    case $word in
      -s | --server)
        ((++at))
        ((at < COMP_CWORD)) && server=${COMP_WORDS[at]}
        # An address that bash has cut at its colons.
        while [[ ${COMP_WORDS[at + 1]-} == : ]] && ((at + 2 < COMP_CWORD)); do
          server+=:${COMP_WORDS[at + 2]}
          ((at += 2))
        done
        ;;
      -r | --room | --say | -n | --lines | --since) ((++at)) ;;
      -*) ;;
      say | tail | who | rooms)
        if [[ -z $command ]] && ((operands == 0)); then command=$word; else ((++operands)); fi
        ;;
      *) ((++operands)) ;;
    esac
  done

  case $prev in
    -s | --server)
      COMPREPLY=($(compgen -W "$(_hubbub_aliases)" -- "$cur"))
      return
      ;;
    -r | --room)
      COMPREPLY=($(compgen -W "$(_hubbub_rooms "$program" rooms ${server:+--server "$server"})" -- "$cur"))
      return
      ;;
    --say | -n | --lines | --since) return ;;
  esac

  if [[ $cur == -* ]]; then
    local options="--server --help"
    case $command in
      say) options+=" --one" ;;
      tail) options+=" --lines --since --follow --no-follow --json" ;;
      who | rooms) options+=" --json" ;;
      *) options+=" --room --say --json --no-color --version" ;;
    esac
    COMPREPLY=($(compgen -W "$options" -- "$cur"))
    return
  fi

  ((operands == 0)) || return
  case $command in
    '') COMPREPLY=($(compgen -W "say tail who rooms $(_hubbub_aliases)" -- "$cur")) ;;
    say | tail | who)
      COMPREPLY=($(compgen -W "$(_hubbub_rooms "$program" rooms ${server:+--server "$server"})" -- "$cur"))
      ;;
  esac
}

complete -F _hubbub hubbub
