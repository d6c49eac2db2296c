#pragma once

#include <cstdio>
#include <string>
#include <string_view>

/// Standard input and output as the line editor sees them: UTF-8, whatever the terminal speaks. For the files
/// of the line editor alone, which has globals anyway.
namespace hubbub::client::terminal {

/// `codeset`: that of the terminal (iconv(3)).
void open_streams(const std::string& codeset);
/// The next byte that was typed, or EOF; waits for it. For Readline.
int next_byte(FILE* input);
/// What next_byte() returns at once when no byte is there, while it is not to wait for one.
inline constexpr int nothing_came = 0;
void wait_for_bytes(bool waits);
/// Whether there is one, or comes within that time.
bool byte_waits(int milliseconds = 0);
/// Whether it is another one of the same character, for which no input has to come.
bool is_in_character();
/// What is written there is on the screen after flush().
FILE* output();
void write(std::string_view bytes);
void flush();
/// What moves the cursor to the first column of a row, counted from 1 (ECMA-48 CUP).
std::string to_row(std::size_t row);

/// Stops the process as Ctrl-Z does; returns when it goes on. As the signal does by itself: where no shell
/// with job control would wake one up again, it is nothing (POSIX, "Orphaned Process Group").
void stop_process();

}  // namespace hubbub::client::terminal
