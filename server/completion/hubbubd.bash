# Completion of hubbubd's command line for bash: words, options, levels of the log, files and folders.
# Found by bash-completion in share/bash-completion/completions; or source it from ~/.bashrc.

_hubbubd() {
  # Not COMP_WORDS: there bash has cut addresses at their colons.
  local line=${COMP_LINE:0:COMP_POINT} words cur=
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] || { cur=${words[-1]} && unset 'words[-1]'; }
  local command= operands=0 pending= word behind=()
  COMPREPLY=()

  # What stands before the word at the cursor: the word that says what to do, how many operands it has, and an option that
  # waits for its value.
  for word in "${words[@]:1}"; do
    if [[ -n $pending ]]; then
      pending=
      continue
    fi
    case $word in
      --config | --listen | --state-dir | --log-level | --socket | --for | --reason | --label | --uses | --password-fd) pending=$word ;;
      -*) ;;
      *) if [[ -z $command ]]; then command=$word; else ((++operands)) && :; behind+=("$word"); fi ;;
    esac
  done
  case $cur in
    --config=* | --listen=* | --state-dir=* | --log-level=*) pending=${cur%%=*} cur=${cur#*=} ;;
  esac

  case $pending in
    --config) _hubbubd_paths -f "$cur" ;;
    --state-dir) _hubbubd_paths -d "$cur" ;;
    --socket) _hubbubd_paths -f "$cur" ;;
    --for | --reason | --label | --uses | --password-fd) ;;
    --log-level) COMPREPLY=($(compgen -W 'trace debug info warning error' -- "$cur")) ;;
    --listen)
      # Readline goes on from the last colon, at which it has cut the word.
      [[ $cur == *:* ]] || COMPREPLY=($(compgen -W 'tcp:// tls:// unix:///' -- "$cur"))
      compopt -o nospace 2>/dev/null
      ;;
    *)
      if [[ $command == ctl ]]; then
        _hubbubd_ctl
      elif [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W '--config --listen --state-dir --log-level --drop-now --cluster-begin --check-config --print-config
          --version --help' -- "$cur"))
      elif [[ -z $command ]]; then
        COMPREPLY=($(compgen -W 'backup verify restore export certificate ctl' -- "$cur"))
      elif ((operands == 0)) && [[ $command =~ ^(backup|verify|restore)$ ]]; then
        _hubbubd_paths -f "$cur"
      fi
      ;;
  esac
}

# Behind ctl: what there is to say after the words that are there already.
_hubbubd_ctl() {
  local next=
  case "${behind[*]}" in
    '') next='status nodes account token invite who disconnect ban unban bans room webhook lockdown announce reports resolve audit reload log' ;;
    account) next='add list show passwd role suspend resume rename erase export' ;;
    token) next='make list revoke' ;;
    invite | webhook) next='make list revoke' ;;
    room) next='list show set close' ;;
    lockdown) next='0 1 2' ;;
    log) next='trace debug info warning error' ;;
    'account role '*' '*) ;;
    'account role '*) next='admin moderator none' ;;
  esac
  if [[ $cur == -* ]]; then
    next='--json --socket --help'
    case "${behind[*]}" in
      'account add'*) next+=' --admin --moderator --password-fd' ;;
      'account passwd'*) next+=' --password-fd' ;;
      'account suspend'*) next+=' --for --reason' ;;
      'account erase'*) next+=' --yes' ;;
      'token make'*) next+=' --label --scopes' ;;
      'invite make'*) next+=' --uses --for' ;;
      disconnect*) next+=' --reason' ;;
      'ban '* | ban) next+=' --room --for --reason --mute --dry-run' ;;
      bans* | reports* | audit* | 'webhook list'*) next+=' --room' ;;
      'room close'*) next+=' --reason --yes' ;;
      lockdown*) next+=' --for --reason' ;;
      resolve*) next+=' --note' ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$next" -- "$cur"))
}

# The files (-f) or folders (-d) whose names go on from $2; readline quotes what the shell would not read as it is.
_hubbubd_paths() {
  local path
  compopt -o filenames 2>/dev/null
  while IFS= read -r path; do COMPREPLY+=("$path"); done < <(compgen "$1" -- "$2")
}

complete -F _hubbubd hubbubd
