#compdef hubbubd
# Completion of hubbubd's command line for zsh: words, options, levels of the log, files and folders.
# Found as _hubbubd in a directory of $fpath.

_hubbubd_words() {
  local -a words
  words=(
    'backup:copy the journal into a file'
    'verify:check the journal, or a copy of one'
    'restore:put a copy in the place of the journal'
    'export:print what was said, as JSON lines'
    'certificate:make a self-signed certificate'
    'ctl:ask a running daemon, or have it do something'
  )
  _describe 'word' words
}

_hubbubd_operand() {
  case $line[1] in
    backup | verify | restore) _files ;;
    export) _message 'room' ;;
    certificate) _message 'host' ;;
    ctl) _values 'subject' status nodes account token invite who disconnect ban unban bans room webhook lockdown announce reports resolve audit reload log ;;
  esac
}

_hubbubd_ctl_word() {
  [[ $line[1] == ctl ]] || return
  case $line[2] in
    account) _values 'word' add list show passwd role suspend resume rename erase export ;;
    token | invite | webhook) _values 'word' make list revoke ;;
    room) _values 'word' list show set close ;;
    lockdown) _values 'level' 0 1 2 ;;
    log) _values 'level' trace debug info warning error ;;
  esac
}

_hubbubd() {
  local curcontext=$curcontext state line
  typeset -A opt_args
  _arguments \
    '--config[the configuration]:file:_files' \
    '*--listen[listen there]:address:(tcp\:// tls\:// unix\:///)' \
    '--state-dir[keep what must survive a restart there]:folder:_files -/' \
    '--log-level[log events from this level on]:level:(trace debug info warning error)' \
    '--drop-now[drop at once what is not to be kept]' \
    '--cluster-begin[begin the log of the cluster anew from the journal here]' \
    '--check-config[check flags and file, and exit]' \
    '--print-config[print the configuration, and exit]' \
    '(- *)--version[print the version, and exit]' \
    '(- *)'{-h,--help}'[print help, and exit]' \
    '1: :_hubbubd_words' \
    '2: :_hubbubd_operand' \
    '3: :_hubbubd_ctl_word' \
    '*: :_default'
}

_hubbubd "$@"
