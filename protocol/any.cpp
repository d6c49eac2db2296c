// What is done to any request and any event, whatever it is.
#include "protocol/event.hpp"
#include "protocol/request.hpp"

namespace hubbub::protocol {

request::Any::Any() = default;
request::Any::Any(const Any& other) = default;
request::Any::Any(Any&& other) noexcept = default;
request::Any& request::Any::operator=(const Any& other) = default;
request::Any& request::Any::operator=(Any&& other) noexcept = default;
request::Any::~Any() = default;

event::Any::Any() = default;
event::Any::Any(const Any& other) = default;
event::Any::Any(Any&& other) noexcept = default;
event::Any& event::Any::operator=(const Any& other) = default;
event::Any& event::Any::operator=(Any&& other) noexcept = default;
event::Any::~Any() = default;

}  // namespace hubbub::protocol
