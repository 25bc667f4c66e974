import Etcd

extension EtcdTransaction {
    static let read = EtcdTransaction(success: [.get(key: "a")])
    static let write = EtcdTransaction(success: [.put(key: "a", [])])
}
