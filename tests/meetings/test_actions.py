def test_x(database):
    from expertim.foundation import clock

    print(clock.now())
