"""The broker inside ``jinmai up``: MQTT 3.1.1 on 127.0.0.1, for pilots; cities run Mosquitto or EMQX."""
