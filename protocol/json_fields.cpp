#include "protocol/json_fields.hpp"

#include <algorithm>
#include <array>
#include <boost/json/basic_parser_impl.hpp>
#include <cmath>

#include "protocol/limits.hpp"
#include "protocol/text.hpp"

namespace hubbub::protocol {

/// The callbacks of Boost.JSON's parser, called in the order of the line.
class JsonFields::Handler {
 public:
  static constexpr auto max_object_size = static_cast<std::size_t>(-1);
  static constexpr auto max_array_size = static_cast<std::size_t>(-1);
  static constexpr auto max_key_size = static_cast<std::size_t>(-1);
  static constexpr auto max_string_size = static_cast<std::size_t>(-1);

  using ErrorCode = boost::json::error_code;
  using View = boost::json::string_view;

  explicit Handler(JsonFields& fields) : fields_(fields) {}

  bool on_object_begin(ErrorCode& error) {
    if (depth_ > 0 && !on_value(Type::nested, error)) return false;
    if (depth_ == 1) outer_ = fields_.fields_.back().name;
    is_in_object_ = depth_ == 1 || (is_in_object_ && depth_ > 1);
    first_keys_.at(depth_++) = fields_.keys_.size();
    return true;
  }
  bool on_object_end(std::size_t, ErrorCode& error) {
    const auto first = static_cast<std::ptrdiff_t>(first_keys_.at(--depth_));
    const auto begin = fields_.keys_.begin() + first;
    const auto less = [this](Piece a, Piece b) { return fields_.view(a) < fields_.view(b); };
    const auto equal = [this](Piece a, Piece b) { return fields_.view(a) == fields_.view(b); };
    std::sort(begin, fields_.keys_.end(), less);
    const auto twice = std::adjacent_find(begin, fields_.keys_.end(), equal);
    if (twice != fields_.keys_.end()) {
      const std::string shown = for_terminal(prefix(fields_.view(*twice), id_bytes));
      return fail("has the key \"" + shown + "\" twice", error);
    }
    fields_.keys_.erase(begin, fields_.keys_.end());
    return true;
  }
  bool on_array_begin(ErrorCode& error) {
    if (!on_value(Type::nested, error)) return false;
    if (depth_ == 1) is_in_object_ = false;
    ++depth_;
    return true;
  }
  bool on_array_end(std::size_t, ErrorCode&) {
    --depth_;
    return true;
  }

  bool on_key_part(View part, std::size_t, ErrorCode&) { return append(part); }
  bool on_key(View part, std::size_t size, ErrorCode&) {
    append(part);
    const Piece key = {fields_.text_.size() - size, size};
    fields_.keys_.push_back(key);
    if (depth_ == 1) fields_.fields_.push_back({key, {}, {0, 0}});
    if (depth_ == 2 && is_in_object_) fields_.fields_.push_back({inner_name(key), {}, {0, 0}});
    return true;
  }

  bool on_string_part(View part, std::size_t, ErrorCode&) { return !is_kept() || append(part); }
  bool on_string(View part, std::size_t size, ErrorCode& error) {
    if (!on_value(Type::string, error)) return false;
    if (!is_kept()) return true;
    append(part);
    fields_.fields_.back().string = {fields_.text_.size() - size, size};
    return true;
  }

  bool on_int64(std::int64_t number, View, ErrorCode& error) {
    return number < 0 ? on_value(Type::other_number, error)
                      : on_whole(static_cast<std::uint64_t>(number), error);
  }
  bool on_uint64(std::uint64_t number, View, ErrorCode& error) { return on_whole(number, error); }
  bool on_double(double number, View, ErrorCode& error) {
    const bool whole =
        number >= 0 && number <= static_cast<double>(max_integer) && std::floor(number) == number;
    return whole ? on_whole(static_cast<std::uint64_t>(number), error) : on_value(Type::other_number, error);
  }
  bool on_bool(bool value, ErrorCode& error) {
    if (!on_value(Type::boolean, error)) return false;
    if (is_kept()) fields_.fields_.back().value.boolean = value;
    return true;
  }
  bool on_null(ErrorCode& error) { return on_value(Type::null, error); }

  static bool on_document_begin(ErrorCode&) { return true; }
  static bool on_document_end(ErrorCode&) { return true; }
  static bool on_number_part(View, ErrorCode&) { return true; }
  static bool on_comment_part(View, ErrorCode&) { return true; }
  static bool on_comment(View, ErrorCode&) { return true; }

 private:
  /// Whether the value that is being read is a field's, or one of a field that is an object.
  bool is_kept() const { return depth_ == 1 || (depth_ == 2 && is_in_object_); }

  /// "outer.inner"
  Piece inner_name(Piece key) {
    auto& text = fields_.text_;
    const Piece name = {text.size(), outer_.size + 1 + key.size};
    text.reserve(text.size() + name.size);
    text.append(text, outer_.begin, outer_.size).append(1, '.').append(text, key.begin, key.size);
    return name;
  }

  bool append(View part) {
    fields_.text_.append(part.data(), part.size());
    return true;
  }

  bool on_value(Type type, ErrorCode& error) {
    if (depth_ == 0) return fail("is something else", error);
    if (is_kept()) fields_.fields_.back().value.type = type;
    return true;
  }

  bool on_whole(std::uint64_t number, ErrorCode& error) {
    if (number > max_integer) return on_value(Type::other_number, error);
    if (!on_value(Type::whole_number, error)) return false;
    if (is_kept()) fields_.fields_.back().value.whole_number = number;
    return true;
  }

  bool fail(std::string problem, ErrorCode& error) {
    fields_.problem_ = std::move(problem);
    error = make_error_code(boost::system::errc::invalid_argument);
    return false;
  }

  JsonFields& fields_;
  std::size_t depth_ = 0;      ///< number of open objects and arrays
  Piece outer_ = {0, 0};       ///< name of the field that holds what is deeper than 1
  bool is_in_object_ = false;  ///< which is an object, and not a list
  /// For each depth, the index in keys_ of the first key of the object there.
  std::array<std::size_t, json_depth> first_keys_{};
};

namespace {

/// The parser's complaint after it read `used` of the line's bytes; empty: none.
std::string describe(const boost::json::error_code& error, std::size_t used, std::size_t size) {
  if (error == boost::json::error::too_deep) return "is more than " + std::to_string(json_depth) + " deep";
  if (error == boost::json::error::incomplete) return "breaks off before its end";
  if (error) return "has an error at byte " + std::to_string(used + 1) + " (" + error.message() + ")";
  if (used < size) return "goes on behind its end, at byte " + std::to_string(used + 1);
  return {};
}

}  // namespace

bool JsonFields::read(std::string_view line) {
  text_.clear();
  fields_.clear();
  keys_.clear();
  problem_.clear();
  boost::json::parse_options options;
  options.max_depth = json_depth;
  boost::json::error_code error;
  boost::json::basic_parser<Handler> parser(options, *this);
  const std::size_t used = parser.write_some(false, line.data(), line.size(), error);
  if (problem_.empty()) problem_ = describe(error, used, line.size());
  if (problem_.empty()) return true;
  fields_.clear();
  return false;
}

JsonFields::Value JsonFields::operator[](std::string_view name) const {
  for (const Field& field : fields_) {
    if (view(field.name) != name) continue;
    Value value = field.value;
    if (value.type == Type::string) value.string = view(field.string);
    return value;
  }
  return {};
}

}  // namespace hubbub::protocol
