import Time

/// The services' text forms of a time, all in UTC.
extension Timestamp {
    /// `2018-07-23T04:09:44`: the form in graphs and jobs, without a time zone.
    var naked: String {
        let civil = CivilTime(self)
        return "\(civil.date)T\(civil.time)"
    }

    /// `2024-05-23 09:54:00`: the form of the data plane.
    var spaced: String {
        let civil = CivilTime(self)
        return "\(civil.date) \(civil.time)"
    }

    /// `2020-01-04T09:05:22.701000Z`: the form of IAM.
    var withMicroseconds: String { rfc3339Milliseconds.dropLast() + "000Z" }
}
