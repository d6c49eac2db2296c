// For a daemon that is built without the page, or that reads it from a folder.
#include "server/front/web/page.hpp"

namespace hubbub::front::http {

std::span<const PageFile> built_in_page() { return {}; }

}  // namespace hubbub::front::http
