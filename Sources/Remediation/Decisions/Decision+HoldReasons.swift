extension Decision {
    /// Why nothing is sent; empty unless the restart is held.
    package var holdReasons: [HoldReason] {
        if case .hold(let reasons) = self { reasons } else { [] }
    }
}
