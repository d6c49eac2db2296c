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
/// Whether a byte is there, or comes within that time.
bool byte_waits(int milliseconds = 0);
/// Whether the next byte belongs to a character that has been read already, so that no input has to come.
bool is_in_character();
/// Bytes written to this stream are on the screen after flush().
FILE* output();
void write(std::string_view bytes);
void flush();
/// The sequence that moves the cursor to the first column of a row, counted from 1 (ECMA-48 CUP).
std::string to_row(std::size_t row);

/// Stops the process as Ctrl-Z does; returns when the process goes on, or at once where there is no shell
/// with job control that could continue it (POSIX, "Orphaned Process Group").
void stop_process();

}  // namespace hubbub::client::terminal
