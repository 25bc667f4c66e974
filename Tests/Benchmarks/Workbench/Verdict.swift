/// What a measurement came to, as the exit status of its program; 2 is for what could not be measured.
package enum Verdict: Int32 {
    case good = 0
    case wrong = 1
    /// Everything is right, but not as cheap as it should be: true of the program, or of a machine
    /// that was busy with something else.
    case boundMissed = 3
}
