"""Talks to the server of src/net/http_server_tls_test.cc with the standard library's client: PORT TLS_PORT CA_FILE."""

import gzip
import http.client
import socket
import ssl
import sys


def check(connection: http.client.HTTPConnection) -> None:
    def ask(method, path, body=None, **headers):
        connection.request(method, path, body=body, headers={k.replace("_", "-"): v for k, v in headers.items()})
        answer = connection.getresponse()
        return answer, answer.read()

    padding = b" " + b"x" * 5000
    answer, body = ask("GET", "/a%20b")
    assert answer.status == 200 and body == b"GET /a b " + padding, body[:50]
    answer, body = ask("HEAD", "/")
    assert body == b"" and int(answer.headers["Content-Length"]) == len(b"HEAD / " + padding)
    answer, body = ask("POST", "/", body=iter([b"one", b"two"]))  # chunked
    assert body == b"POST / onetwo" + padding, body[:50]
    answer, body = ask("GET", "/", Accept_Encoding="gzip")
    assert answer.headers["Content-Encoding"] == "gzip" and gzip.decompress(body) == b"GET / " + padding
    assert answer.headers["ETag"] == 'W/"v1"'
    answer, body = ask("GET", "/", If_None_Match=answer.headers["ETag"])
    assert answer.status == 304 and body == b""
    answer, body = ask("GET", "/stream")
    assert body == b"y" * 1_000_000
    answer, body = ask("GET", "/stream", Accept_Encoding="gzip")
    assert len(body) < 50_000 and gzip.decompress(body) == b"y" * 1_000_000
    sock = connection.sock
    answer, body = ask("GET", "/")
    assert connection.sock is sock, "the connection should have been kept"
    connection.close()


def main() -> None:
    port, tls_port, authority = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    check(http.client.HTTPConnection("127.0.0.1", port, timeout=20))
    context = ssl.create_default_context(cafile=authority)
    check(http.client.HTTPSConnection("localhost", tls_port, timeout=20, context=context))
    # A client that is done says so, and is told goodbye in return: its end is not taken for a cut.
    with socket.create_connection(("localhost", tls_port), timeout=20) as raw:
        with context.wrap_socket(raw, server_hostname="localhost", suppress_ragged_eofs=False) as sock:
            sock.sendall(b"GET / HTTP/1.0\r\n\r\n")
            received = b""
            while part := sock.recv(65536):
                received += part
            assert received.endswith(b"x" * 5000)
    print("as expected")


if __name__ == "__main__":
    main()
