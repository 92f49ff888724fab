import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.bson.Document;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * A server that speaks MongoDB's protocol, for tests: in memory, or in the file that is named. Prints the port of its
 * choice, and ends when its standard input does, which is when whoever started it ends.
 */
public class StandIn {
    public static void main(String[] arguments) throws Exception {
        MongoBackend backend = arguments.length > 0 ? new H2Backend(arguments[0]) : new MemoryBackend();
        MongoServer server = new MongoServer(oneAtATime(backend));
        System.out.println(server.bind().getPort());
        System.out.flush();
        while (System.in.read() >= 0) {
            // Nothing is said to us.
        }
        server.shutdown();
    }

    /**
     * The library changes a document field by field while others read it, which MongoDB never does. So commands take
     * turns, and answers are copies.
     */
    private static MongoBackend oneAtATime(MongoBackend backend) {
        return (MongoBackend) Proxy.newProxyInstance(StandIn.class.getClassLoader(), new Class<?>[] {MongoBackend.class},
            (proxy, method, arguments) -> {
                synchronized (backend) {
                    try {
                        Object answer = method.invoke(backend, arguments);
                        return answer instanceof Document ? ((Document) answer).cloneDeeply() : answer;
                    } catch (InvocationTargetException failure) {
                        throw failure.getCause();
                    }
                }
            });
    }
}
