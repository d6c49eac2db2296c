#pragma once

#include <string>
#include <string_view>

namespace hubbub::front::http {

/// The page that says what this is, and how to join at the address by which one has come. `host`: with its
/// port, if it has one.
std::string page_for(std::string_view server_name, std::string_view host, bool is_encrypted);

/// What Content-Security-Policy has to allow for the page's style: its hash.
std::string page_style_source();

}  // namespace hubbub::front::http
