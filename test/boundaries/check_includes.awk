# awk -f check_includes.awk EDGES SOURCE …   with the sources named from the root; see edges.txt.

# Whether `path` is `pattern`, or below it, or begins so.
function fits(path, pattern) {
  if (pattern ~ /\*$/) return index(path, substr(pattern, 1, length(pattern) - 1)) == 1
  if (pattern !~ /\/$/ && path == pattern) return 1
  sub(/\/$/, "", pattern)
  return index(path, pattern "/") == 1
}

# The longest of the space-separated patterns that fits; "" when none does. A minus does not count as length.
function longest(path, patterns,    count, words, i, bare, best, length_of_best) {
  count = split(patterns, words, " ")
  best = ""
  length_of_best = -1
  for (i = 1; i <= count; i++) {
    bare = words[i]
    sub(/^-/, "", bare)
    if (fits(path, bare) && length(bare) > length_of_best) {
      best = words[i]
      length_of_best = length(bare)
    }
  }
  return best
}

function violation(why) {
  printf "%s:%d: %s\n", FILENAME, FNR, why
  broken = 1
}

function check_ours(header,    allowed) {
  if (module == "") return
  allowed = longest(header, module " " may_include[module])
  if (allowed == "" || allowed ~ /^-/) violation(module " may not include \"" header "\"")
  else if (header != "hubbub_version.hpp" && (getline ignored < header) < 0) {
    violation("there is no \"" header "\"; includes are written from the root")
  }
  close(header)
}

function check_library(header,    library) {
  library = longest(header, libraries)
  if (library != "" && longest(FILENAME, known_in[library]) == "") {
    violation("<" header "> is to be known only in: " known_in[library])
  }
}

# The first file is the table.
NR == FNR {
  if ($1 != "module" && $1 != "library") next
  name = $2
  sub(/:$/, "", name)
  rest = $0
  sub(/^[^:]*: */, "", rest)
  if ($1 == "module") { modules = modules " " name; may_include[name] = rest }
  else { libraries = libraries " " name; known_in[name] = rest }
  next
}

FNR == 1 {
  module = longest(FILENAME, modules)
  if (module == "") violation("belongs to no module of the table")
}

/^[ \t]*#[ \t]*include[ \t]*"/ { split($0, parts, "\""); check_ours(parts[2]) }
/^[ \t]*#[ \t]*include[ \t]*</ { split($0, parts, /[<>]/); check_library(parts[2]) }
# Boost keeps there what may be different in its next release.
/::detail::|^[ \t]*#[ \t]*include.*\/detail\// { violation("what is in a library's detail is not for others") }

END { exit broken }
