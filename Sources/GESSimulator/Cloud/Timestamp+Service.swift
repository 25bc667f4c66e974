import Time

/// How the services write a time. All of it is UTC.
extension Timestamp {
    /// `2018-07-23T04:09:44`: how graphs and jobs write a time, without saying that it is UTC.
    var naked: String {
        let civil = CivilTime(self)
        return "\(civil.date)T\(civil.time)"
    }

    /// `2024-05-23 09:54:00`: how the data plane writes a time.
    var spaced: String {
        let civil = CivilTime(self)
        return "\(civil.date) \(civil.time)"
    }

    /// `2020-01-04T09:05:22.701000Z`: how IAM writes a time.
    var withMicroseconds: String { rfc3339Milliseconds.dropLast() + "000Z" }
}
