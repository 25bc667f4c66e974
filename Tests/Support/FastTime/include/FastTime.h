/* Preloaded into a program, this library makes time pass faster for it, or sets its wall
   clock: see fast_time.c. It has
   nothing to call. */
