# Completion of hubbub's command line for fish: commands, options, the aliases of config.toml, and rooms, as far as
# the server tells them within a second. Found in share/fish/vendor_completions.d.

function __hubbub_aliases
    set -l home $XDG_CONFIG_HOME
    test -n "$home"; or set home ~/.config
    test -r $home/hubbub/config.toml
    and string match -rg '^\s*\[\s*servers\.["\']?([^\]"\']+)["\']?\s*\]' <$home/hubbub/config.toml
end

function __hubbub_rooms
    set -l words (commandline -opc)
    set -l server
    for at in (seq 2 (count $words))
        if contains -- $words[$at] -s --server; and test (count $words) -gt $at
            set server --server $words[(math $at + 1)]
        end
    end
    timeout 1 hubbub rooms $server 2>/dev/null </dev/null | cut -f 1
end

complete -c hubbub -f
set -l commands say tail who rooms login logout
set -l none "not __fish_seen_subcommand_from $commands"

complete -c hubbub -n $none -a say -d 'Say something, or each line of the input'
complete -c hubbub -n $none -a tail -d 'Print what was said last and what is being said'
complete -c hubbub -n $none -a who -d 'List who is there'
complete -c hubbub -n $none -a rooms -d 'List the rooms'
complete -c hubbub -n $none -a login -d 'Log this device in to an account'
complete -c hubbub -n $none -a logout -d 'Log this device out'
complete -c hubbub -n $none -a '(__hubbub_aliases)' -d Server
complete -c hubbub -n '__fish_seen_subcommand_from say tail who' -a '(__hubbub_rooms)' -d Room
complete -c hubbub -n '__fish_seen_subcommand_from login logout' -a '(__hubbub_aliases)' -d Server

complete -c hubbub -s s -l server -x -a '(__hubbub_aliases)' -d 'The server, or several with commas'
complete -c hubbub -l tls -d 'Connect with TLS, and not otherwise'
complete -c hubbub -l ca -r -F -d 'Trust the authorities in this file'
complete -c hubbub -l fingerprint -x -d 'Accept the certificate with this SHA-256'
complete -c hubbub -n 'not __fish_seen_subcommand_from login logout' -l token-fd -x -d 'Log in by the token on this descriptor'
complete -c hubbub -s h -l help -d 'Print help, and exit'

complete -c hubbub -n $none -s r -l room -x -a '(__hubbub_rooms)' -d 'Enter this room'
complete -c hubbub -n $none -l say -x -d 'Say this, and exit'
complete -c hubbub -n $none -l no-color -d 'No colours'
complete -c hubbub -n $none -l version -d 'Print the version, and exit'
complete -c hubbub -n 'not __fish_seen_subcommand_from say login logout' -l json -d 'Lines of JSON'

complete -c hubbub -n 'not __fish_seen_subcommand_from who rooms login logout' -l new -d 'Do not warn of a room that is new'

complete -c hubbub -n '__fish_seen_subcommand_from say' -l one -d 'The whole input is one message'

complete -c hubbub -n '__fish_seen_subcommand_from tail' -s n -l lines -x -d 'Begin with the last N messages'
complete -c hubbub -n '__fish_seen_subcommand_from tail' -l since -x -d 'Begin after the message of this number'
complete -c hubbub -n '__fish_seen_subcommand_from tail' -s f -l follow -d 'Go on with what is being said'
complete -c hubbub -n '__fish_seen_subcommand_from tail' -l no-follow -d 'End with the last message that there is'

complete -c hubbub -n '__fish_seen_subcommand_from login' -l register -d 'Make a new account'
complete -c hubbub -n '__fish_seen_subcommand_from login' -l password-fd -x -d 'Read the password from this descriptor'
complete -c hubbub -n '__fish_seen_subcommand_from login' -l invite-fd -x -d 'Read the invitation from this descriptor'

complete -c hubbub -n '__fish_seen_subcommand_from logout' -l forget -d 'Forget the token here alone'
