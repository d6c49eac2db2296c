#compdef hubbub
# Completion of hubbub's command line for zsh: commands, options, the aliases of config.toml, and rooms, as far as
# the server tells them within a second. Found as _hubbub in a directory of $fpath.

_hubbub_servers() {
  local file=${XDG_CONFIG_HOME:-$HOME/.config}/hubbub/config.toml
  local -a aliases
  [[ -r $file ]] && aliases=(${(f)"$(sed -n 's/^[[:space:]]*\[[[:space:]]*servers\.["'\'']\{0,1\}\([^]"'\'']*\)["'\'']\{0,1\}[[:space:]]*\].*/\1/p' $file)"})
  _describe 'server' aliases
}

_hubbub_rooms() {
  local server=${opt_args[-s]:-${opt_args[--server]-}}
  local -a rooms
  rooms=(${(f)"$(timeout 1 hubbub rooms ${server:+--server} ${server:+$server} 2>/dev/null </dev/null | cut -f 1)"})
  _describe 'room' rooms
}

_hubbub_first() {
  local -a commands
  commands=(
    'say:say something, or each line of the input'
    'tail:print what was said last and what is being said'
    'who:list who is there'
    'rooms:list the rooms'
    'login:log this device in to an account'
    'logout:log this device out'
  )
  _describe 'command' commands
  _hubbub_servers
}

_hubbub() {
  local -a common token
  local curcontext=$curcontext state line
  typeset -A opt_args
  common=(
    '(-s --server)'{-s,--server}'[the server, or several with commas]:server:_hubbub_servers'
    '--tls[connect with TLS, and not otherwise]'
    '(--fingerprint)--ca[trust the authorities in this file]:file:_files'
    '(--ca)--fingerprint[accept the certificate with this SHA-256]:fingerprint:'
    '(- *)'{-h,--help}'[print help, and exit]'
  )
  token=('--token-fd[log in by the token on this descriptor]:descriptor:')
  case ${words[2]-} in
    say)
      shift words
      ((--CURRENT))
      _arguments -s $common $token '--new[do not warn of a room that is new]' '--one[the whole input is one message]' '1:room:_hubbub_rooms' '*:text:'
      ;;
    tail)
      shift words
      ((--CURRENT))
      _arguments -s $common $token \
        '(-n --lines --since)'{-n,--lines}'[begin with the last N messages]:number:' \
        '(-n --lines)--since[begin after the message of this number]:seq:' \
        '(-f --follow --no-follow)'{-f,--follow}'[go on with what is being said]' \
        '(-f --follow)--no-follow[end with the last message that there is]' \
        '--new[do not warn of a room that is new]' \
        '--json[print messages as lines of the protocol]' \
        '1:room:_hubbub_rooms'
      ;;
    who)
      shift words
      ((--CURRENT))
      _arguments -s $common $token '--json[print one object]' '1:room:_hubbub_rooms'
      ;;
    rooms)
      shift words
      ((--CURRENT))
      _arguments -s $common $token '--json[print each room as an object]'
      ;;
    login)
      shift words
      ((--CURRENT))
      _arguments -s $common \
        '--register[make a new account]' \
        '--password-fd[read the password from this descriptor]:descriptor:' \
        '--invite-fd[read the invitation from this descriptor]:descriptor:' \
        '1:server:_hubbub_servers'
      ;;
    logout)
      shift words
      ((--CURRENT))
      _arguments -s $common '--forget[forget the token here alone]' '1:server:_hubbub_servers'
      ;;
    *)
      _arguments -s $common $token \
        '*'{-r,--room}'[enter this room]:room:_hubbub_rooms' \
        '(--json)--say[say this, and exit]:text:' \
        '--new[do not warn of a room that is new]' \
        '(--say)--json[stdin and stdout are lines of the protocol]' \
        '--no-color[no colours]' \
        '--version[print the version, and exit]' \
        '1:server or command:_hubbub_first'
      ;;
  esac
}

_hubbub "$@"
