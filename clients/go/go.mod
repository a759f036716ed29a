module tallystick-tasks

go 1.19
