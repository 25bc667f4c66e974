import JSON

/// Cloud Eye: the metrics of SYS.GES, minutes late.
extension SimulatedCloud {
    mutating func performCloudEye(_ exchange: Exchange) throws(ServiceError) -> CloudAnswer {
        throw .noSuchInterface
    }
}
