#pragma once

#include <boost/json/serialize.hpp>
#include <string>

#include "test/support/bytes_of.hpp"
#include "test/web/visitor.hpp"

namespace hubbub::test {

/// What axe-core finds, by the rules of WCAG 2.2 AA.
inline std::string page_faults(Visitor& visitor) {
  static const auto axe = bytes_of(std::string(HUBBUB_PAGE_PACKAGES) + "/axe-core/axe.min.js");
  const auto found = visitor.value_apart(axe,
                                         "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', "
                                         "'wcag21aa', 'wcag22aa', 'best-practice'] })"
                                         ".then(({ violations }) => violations.map(({ id, nodes }) => "
                                         "`${id}: ${nodes.map(({ html }) => html)}`))");
  return found.as_array().empty() ? std::string() : boost::json::serialize(found);
}

}  // namespace hubbub::test
