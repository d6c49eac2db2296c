# Completion of hubbubd's command line for fish: words, options, levels of the log, files and folders.
# Found in share/fish/vendor_completions.d.

complete -c hubbubd -f
set -l words backup verify restore export certificate ctl
set -l none "not __fish_seen_subcommand_from $words"

complete -c hubbubd -n $none -a backup -d 'Copy the journal into a file'
complete -c hubbubd -n $none -a verify -d 'Check the journal, or a copy of one'
complete -c hubbubd -n $none -a restore -d 'Put a copy in the place of the journal'
complete -c hubbubd -n $none -a export -d 'Print what was said, as JSON lines'
complete -c hubbubd -n $none -a certificate -d 'Make a self-signed certificate'
complete -c hubbubd -n $none -a ctl -d 'Ask a running daemon, or have it do something'
set -l ctl '__fish_seen_subcommand_from ctl'
set -l subjects status nodes account token invite who disconnect ban unban bans room webhook lockdown announce reports resolve audit reload log
complete -c hubbubd -n "$ctl; and not __fish_seen_subcommand_from $subjects" -a "$subjects"
complete -c hubbubd -n "$ctl; and __fish_seen_subcommand_from account" -a 'add list show passwd role suspend resume rename erase export'
complete -c hubbubd -n "$ctl; and __fish_seen_subcommand_from token invite webhook" -a 'make list revoke'
complete -c hubbubd -n "$ctl; and __fish_seen_subcommand_from room" -a 'list show set close'
complete -c hubbubd -n "$ctl; and __fish_seen_subcommand_from lockdown" -a '0 1 2'
complete -c hubbubd -n "$ctl; and __fish_seen_subcommand_from log" -a 'trace debug info warning error'
complete -c hubbubd -n $ctl -l json -d 'Print lines of JSON'
complete -c hubbubd -n $ctl -l socket -r -F -d 'Where the daemon is served'
complete -c hubbubd -n "$ctl; and __fish_seen_subcommand_from add" -l admin -d 'An admin'
complete -c hubbubd -n "$ctl; and __fish_seen_subcommand_from add" -l moderator -d 'A moderator'
complete -c hubbubd -n "$ctl; and __fish_seen_subcommand_from add passwd" -l password-fd -x -d 'The descriptor of the password'
complete -c hubbubd -n "$ctl; and __fish_seen_subcommand_from suspend make ban lockdown" -l for -x -d 'For how long'
complete -c hubbubd -n "$ctl; and __fish_seen_subcommand_from suspend disconnect ban lockdown close" -l reason -x -d 'Why'
complete -c hubbubd -n "$ctl; and __fish_seen_subcommand_from make" -l label -x -d 'What it is known by'
complete -c hubbubd -n "$ctl; and __fish_seen_subcommand_from token; and __fish_seen_subcommand_from make" -l scopes -x -a 'read say moderate account admin' -d 'What its program may do'
complete -c hubbubd -n "$ctl; and __fish_seen_subcommand_from make" -l uses -x -d 'How many may use it'
complete -c hubbubd -n "$ctl; and __fish_seen_subcommand_from erase close" -l yes -d 'Do not ask'
complete -c hubbubd -n "$ctl; and __fish_seen_subcommand_from ban bans reports audit webhook" -l room -x -d 'In that room'
complete -c hubbubd -n "$ctl; and __fish_seen_subcommand_from ban" -l mute -d 'Only keep from speaking'
complete -c hubbubd -n "$ctl; and __fish_seen_subcommand_from ban" -l dry-run -d 'Only say whom it is about'
complete -c hubbubd -n "$ctl; and __fish_seen_subcommand_from resolve" -l note -x -d 'What was done'
complete -c hubbubd -n '__fish_seen_subcommand_from backup verify restore' -F

complete -c hubbubd -l config -r -F -d 'The configuration'
complete -c hubbubd -l listen -x -a 'tcp:// tls:// unix:///' -d 'Listen there'
complete -c hubbubd -l state-dir -x -a '(__fish_complete_directories)' -d 'Keep what must survive a restart there'
complete -c hubbubd -l log-level -x -a 'trace debug info warning error' -d 'Log events from this level on'
complete -c hubbubd -l drop-now -d 'Drop at once what is not to be kept'
complete -c hubbubd -l cluster-begin -d 'Begin the log of the cluster anew from the journal here'
complete -c hubbubd -l check-config -d 'Check flags and file, and exit'
complete -c hubbubd -l print-config -d 'Print the configuration, and exit'
complete -c hubbubd -l version -d 'Print the version, and exit'
complete -c hubbubd -s h -l help -d 'Print help, and exit'
