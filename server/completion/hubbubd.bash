# Completion of hubbubd's command line for bash: words, options, levels of the log, files and folders.
# Found by bash-completion in share/bash-completion/completions; or source it from ~/.bashrc.

_hubbubd() {
  # Not COMP_WORDS: there bash has cut addresses at their colons.
  local line=${COMP_LINE:0:COMP_POINT} words cur=
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] || { cur=${words[-1]} && unset 'words[-1]'; }
  local command= operands=0 pending= word
  COMPREPLY=()

  # What stands before the word at the cursor: the word that says what to do, how many operands it has, and an option that
  # waits for its value.
  for word in "${words[@]:1}"; do
    if [[ -n $pending ]]; then
      pending=
      continue
    fi
    case $word in
      --config | --listen | --state-dir | --log-level) pending=$word ;;
      -*) ;;
      *) if [[ -z $command ]]; then command=$word; else ((++operands)); fi ;;
    esac
  done
  case $cur in
    --config=* | --listen=* | --state-dir=* | --log-level=*) pending=${cur%%=*} cur=${cur#*=} ;;
  esac

  case $pending in
    --config) _hubbubd_paths -f "$cur" ;;
    --state-dir) _hubbubd_paths -d "$cur" ;;
    --log-level) COMPREPLY=($(compgen -W 'trace debug info warning error' -- "$cur")) ;;
    --listen)
      # Readline goes on from the last colon, at which it has cut the word.
      [[ $cur == *:* ]] || COMPREPLY=($(compgen -W 'tcp:// tls:// unix:///' -- "$cur"))
      compopt -o nospace 2>/dev/null
      ;;
    *)
      if [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W '--config --listen --state-dir --log-level --drop-now --check-config --print-config
          --version --help' -- "$cur"))
      elif [[ -z $command ]]; then
        COMPREPLY=($(compgen -W 'backup verify restore export certificate' -- "$cur"))
      elif ((operands == 0)) && [[ $command =~ ^(backup|verify|restore)$ ]]; then
        _hubbubd_paths -f "$cur"
      fi
      ;;
  esac
}

# The files (-f) or folders (-d) whose names go on from $2; readline quotes what the shell would not read as it is.
_hubbubd_paths() {
  local path
  compopt -o filenames 2>/dev/null
  while IFS= read -r path; do COMPREPLY+=("$path"); done < <(compgen "$1" -- "$2")
}

complete -F _hubbubd hubbubd
