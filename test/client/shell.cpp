#include "test/client/shell.hpp"

#include <boost/json/parse.hpp>
#include <sstream>

namespace hubbub::test {

Events objects(const std::string& lines) {
  Events found;
  std::istringstream stream(lines);
  for (std::string line; std::getline(stream, line);) found.push_back(boost::json::parse(line).as_object());
  return found;
}

}  // namespace hubbub::test
