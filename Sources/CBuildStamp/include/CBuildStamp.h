// The version and origin of this program, which packaging/stamp writes into the finished program.
#ifndef CBUILDSTAMP_H
#define CBUILDSTAMP_H

/// A line each for version and revision.
const char *_Nonnull graphwarden_build_stamp(void);

#endif
