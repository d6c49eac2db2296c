// What is precompiled of Catch2 needs a file that it is compiled with.
