#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "client/model/item.hpp"

namespace hubbub::client {

/// The length in bytes of a scheme with its `://`, such as "https://", that the text begins with; 0: none.
std::size_t scheme_at_front(std::string_view text);

/// What a link goes on with behind its scheme (RFC 3986, and letters of all scripts as in RFC 3987); a sign
/// that is neither, such as the bar between a name and a text, ends it.
bool is_of_link(char32_t value);

/// Where links stand in a text, in order: with a scheme, "www.example.org", and mail addresses.
std::vector<Span> links_in(std::string_view text);

}  // namespace hubbub::client
