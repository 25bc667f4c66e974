extension SignedInteger {
    /// Rounds the quotient down, unlike `/`, so that times before 1970 fall on the right day. The
    /// remainder has the sign of the divisor.
    package func flooredDivision(by divisor: Self) -> (quotient: Self, remainder: Self) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        guard remainder != 0, (remainder < 0) != (divisor < 0) else { return (quotient, remainder) }
        return (quotient - 1, remainder + divisor)
    }
}
