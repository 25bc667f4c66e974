/* Preloaded into a program, this library makes time pass faster for it: see fast_time.c. It has
   nothing to call. */
